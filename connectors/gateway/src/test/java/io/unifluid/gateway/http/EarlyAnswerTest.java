package io.unifluid.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EarlyAnswerTest {
    private final EmbeddedChannel connection = new EmbeddedChannel(new EarlyAnswer());

    @Test
    void whatStillComesIsReadAndThenTheConnectionEnds() {
        begin(1 << 20);
        assertThat(HttpUtil.isKeepAlive(answer())).isFalse();
        connection.close(); // as the framework does once it is written
        for (int sent = 1 << 16; sent < 1 << 20; sent += 1 << 16) {
            assertThat(connection.isActive()).isTrue();
            assertThat(send()).as("what is thrown away").isFalse();
        }
        connection.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(connection.isActive()).isFalse();
    }

    @Test
    void whoSendsNoMoreIsNotAwaitedForLong() {
        begin(1 << 20);
        answer();
        send();
        pass();
        assertThat(connection.isActive()).as("after a byte").isTrue();
        pass();
        assertThat(connection.isActive()).as("after silence").isFalse();
    }

    @Test
    void whoSendsWithoutEndIsCutOff() {
        begin(-1);
        answer();
        for (int times = 0; times < EarlyAnswer.MOST; times++) {
            assertThat(connection.isActive()).isTrue();
            send();
            pass();
        }
        assertThat(connection.isActive()).isFalse();
    }

    @Test
    void anAnswerAfterTheBodyLeavesTheConnection() {
        begin(1 << 20);
        connection.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(HttpUtil.isKeepAlive(answer())).isTrue();
        begin(1 << 20);
        assertThat(HttpUtil.isKeepAlive(answer())).as("the second one").isFalse();
    }

    @Test
    void aLittleIsReadToItsEndForTheNextRequest() {
        begin(EarlyAnswer.LITTLE);
        assertThat(HttpUtil.isKeepAlive(answer())).isTrue();
        assertThat(send()).isTrue();
        assertThat(connection.isActive()).isTrue();
    }

    @Test
    void theAnswerToARequestBeforeIsNoEarlyOne() {
        begin(0);
        connection.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        begin(1 << 20);
        assertThat(HttpUtil.isKeepAlive(answer())).as("of the first").isTrue();
        assertThat(HttpUtil.isKeepAlive(answer())).as("of the second").isFalse();
    }

    @Test
    void toGoOnIsNoAnswerYet() {
        begin(1 << 20);
        connection.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        assertThat(send()).isTrue();
        connection.close();
        assertThat(connection.isActive()).isFalse();
    }

    private void begin(long length) {
        var head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/files");
        if (length < 0) {
            HttpUtil.setTransferEncodingChunked(head, true);
        } else {
            HttpUtil.setContentLength(head, length);
        }
        connection.writeInbound(head);
        connection.inboundMessages().clear();
    }

    private FullHttpResponse answer() {
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.UNAUTHORIZED);
        connection.writeOutbound(response);
        return response;
    }

    /** Whether it came through. */
    private boolean send() {
        return connection.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1 << 16])));
    }

    private void pass() {
        connection.advanceTimeBy(EarlyAnswer.QUIET_SECONDS, TimeUnit.SECONDS);
        connection.runScheduledPendingTasks();
    }
}

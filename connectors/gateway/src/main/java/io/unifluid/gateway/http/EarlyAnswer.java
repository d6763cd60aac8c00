package io.unifluid.gateway.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection. An answer that is given before its request's body has come says that the connection ends; what still comes
 * is read and thrown away, for a while, and then it is closed. Many clients look for an answer only when all is sent: if
 * nobody read on they would wait for ever, and if it were closed at once the answer would be lost on its way.
 */
final class EarlyAnswer extends ChannelDuplexHandler {
    /** After so many seconds without a byte nothing more is awaited, */
    static final int QUIET_SECONDS = 5;

    /** and after so many quiet times at the latest, whatever still comes. */
    static final int MOST = 6;

    /** So little is read to its end, and the connection stays. */
    static final int LITTLE = 1 << 16;

    private long begun;
    private long answered;

    /** Bytes of the last request's body that are still to come; a number beyond all for one that does not say. */
    private long toCome;

    private boolean early;
    private boolean readingOn;
    private boolean heard;
    private int waited;
    private ScheduledFuture<?> clock;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        count(message);
        if (!readingOn) {
            context.fireChannelRead(message);
            return;
        }
        heard = true;
        ReferenceCountUtil.release(message);
        if (toCome == 0) {
            end(context);
        }
    }

    private void count(Object message) {
        if (message instanceof HttpRequest head) {
            begun++;
            toCome = length(head);
        }
        if (message instanceof HttpContent content) {
            toCome -= content.content().readableBytes();
        }
        if (message instanceof LastHttpContent) {
            toCome = 0;
        }
    }

    private static long length(HttpRequest head) {
        try {
            return HttpUtil.isTransferEncodingChunked(head) ? Long.MAX_VALUE : HttpUtil.getContentLength(head, 0L);
        } catch (NumberFormatException e) {
            return 0; // which the framework refuses
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (readingOn) {
            context.read();
        } else {
            context.fireChannelReadComplete();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse head && head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            answered++;
            if (answered == begun && toCome > LITTLE) {
                early = true;
                HttpUtil.setKeepAlive(head, false);
            }
        }
        if (early && message instanceof LastHttpContent) {
            context.write(message, promise.unvoid()).addListener(_ -> readOn(context));
        } else {
            context.write(message, promise);
        }
    }

    private void readOn(ChannelHandlerContext context) {
        if (!context.channel().isActive()) {
            return;
        }
        if (toCome == 0) {
            end(context);
            return;
        }
        readingOn = true;
        clock = context.executor()
                .scheduleAtFixedRate(() -> tick(context), QUIET_SECONDS, QUIET_SECONDS, TimeUnit.SECONDS);
        context.read();
    }

    private void tick(ChannelHandlerContext context) {
        waited++;
        if (!heard || waited == MOST) {
            end(context);
        }
        heard = false;
    }

    private void end(ChannelHandlerContext context) {
        early = false;
        readingOn = true;
        stopClock();
        context.close();
    }

    /** The framework closes as soon as the answer is written. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (early) {
            context.channel().closeFuture().addListener(_ -> promise.trySuccess());
        } else {
            context.close(promise);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopClock();
    }

    private void stopClock() {
        if (clock != null) {
            clock.cancel(false);
        }
    }
}

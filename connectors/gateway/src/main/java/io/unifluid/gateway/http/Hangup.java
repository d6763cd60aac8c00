package io.unifluid.gateway.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;

/** Notices when a caller goes away before it has its answer. */
public final class Hangup implements AutoCloseable {
    private final ChannelFuture closed;
    private final ChannelFutureListener listener;

    private Hangup(ChannelFuture closed, ChannelFutureListener listener) {
        this.closed = closed;
        this.listener = listener;
    }

    /** @param then is called once if the connection closes before this is closed; must not block */
    public static Hangup of(HttpRequest<?> request, Runnable then) {
        if (!(request instanceof NettyHttpRequest<?> netty)) {
            throw new IllegalArgumentException("Not a request of this server.");
        }
        ChannelFutureListener listener = _ -> then.run();
        var closed = netty.getChannelHandlerContext().channel().closeFuture();
        closed.addListener(listener);
        return new Hangup(closed, listener);
    }

    /** The answer is there. */
    @Override
    public void close() {
        closed.removeListener(listener);
    }
}

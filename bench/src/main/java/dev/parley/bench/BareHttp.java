package dev.parley.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * HTTP without RPC, messages of the size of JSON-RPC's: a server on Netty that answers every POST with the same bytes,
 * and clients that write the same bytes to blocking sockets and look for the end of the response only.
 */
final class BareHttp {
    private static final byte[] RESULT = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}".getBytes(US_ASCII);
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[2,3],\"id\":1}";
    private static final int BUFFER = 4096;

    private BareHttp() {}

    static int serve(InetSocketAddress address) throws InterruptedException {
        boolean epoll = Epoll.isAvailable();
        var loops = new MultiThreadIoEventLoopGroup(epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        return ((InetSocketAddress) new ServerBootstrap()
                        .group(loops)
                        .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                        .childHandler(new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new HttpServerCodec(),
                                                new HttpObjectAggregator(BUFFER),
                                                new Responder());
                            }
                        })
                        .bind(address)
                        .sync()
                        .channel()
                        .localAddress())
                .getPort();
    }

    private static final class Responder extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            ByteBuf body = Unpooled.wrappedBuffer(RESULT);
            var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, RESULT.length);
            ctx.writeAndFlush(response);
        }
    }

    static CallsChild.Call client(String address) {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        int port = Integer.parseInt(address.substring(colon + 1));
        Queue<Connection> free = new ConcurrentLinkedQueue<>();
        return () -> {
            Connection connection = free.poll();
            if (connection == null) {
                connection = new Connection(host, port);
            }
            connection.exchange();
            free.add(connection);
            return 5;
        };
    }

    /** Confined to one thread at a time. */
    private static final class Connection {
        private final Socket socket;
        private final byte[] request;
        private final byte[] buffer = new byte[BUFFER];

        Connection(String host, int port) throws IOException {
            socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            request = ("POST /jsonrpc HTTP/1.1\r\nHost: " + host + ":" + port
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + CALL.length() + "\r\n\r\n"
                            + CALL)
                    .getBytes(US_ASCII);
        }

        /** The response is complete with its only closing brace. */
        void exchange() throws IOException {
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            int read;
            do {
                read = in.read(buffer);
                if (read < 0) {
                    throw new EOFException("the server closed the connection");
                }
            } while (buffer[read - 1] != '}');
        }
    }
}

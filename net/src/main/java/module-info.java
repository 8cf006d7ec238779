/** What the socket wires share: event loops, HTTP server and client, limits, graceful close. */
module dev.parley.net {
    requires transitive dev.parley.core;
    requires transitive io.netty.buffer;
    requires transitive io.netty.codec.http;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires io.netty.codec;
    requires io.netty.handler;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires org.slf4j;

    exports dev.parley.net;
}

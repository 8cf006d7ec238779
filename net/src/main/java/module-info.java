/**
 * What the socket wires share: event loops, socket addresses, an HTTP server and an HTTP client. Only
 * {@link dev.parley.http} and {@link dev.parley.http.servlet} are for users.
 */
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
    // For dev.parley.http.servlet; whoever uses that has it.
    requires static jakarta.servlet;

    exports dev.parley.http;
    exports dev.parley.http.servlet;
    exports dev.parley.net.http to
            dev.parley.jsonrpc,
            dev.parley.xmlrpc;
    exports dev.parley.net.http.client to
            dev.parley.jsonrpc,
            dev.parley.xmlrpc;
    exports dev.parley.net.http.rpc to
            dev.parley.jsonrpc,
            dev.parley.xmlrpc;
    exports dev.parley.net.http.server to
            dev.parley.jsonrpc,
            dev.parley.xmlrpc;
    exports dev.parley.net.socket to
            dev.parley.cli,
            dev.parley.jsonrpc,
            dev.parley.zerorpc,
            dev.parley.zmtp;
    exports dev.parley.net.websocket to
            dev.parley.jsonrpc;
}

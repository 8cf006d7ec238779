/** JSON-RPC 2.0 and 1.0, both sides. */
module dev.parley.jsonrpc {
    requires transitive dev.parley.net;
    requires io.netty.codec;
    requires io.netty.handler;
    requires org.slf4j;

    exports dev.parley.jsonrpc;

    provides dev.parley.spi.Wire with
            dev.parley.jsonrpc.JsonRpcWire;
}

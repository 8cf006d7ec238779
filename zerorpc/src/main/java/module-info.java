/** zerorpc over its own ZMTP sockets, both sides. */
module dev.parley.zerorpc {
    requires transitive dev.parley.net;
    requires dev.parley.zmtp;
    requires io.netty.codec;
    requires org.slf4j;

    exports dev.parley.zerorpc;

    provides dev.parley.spi.Wire with
            dev.parley.zerorpc.ZerorpcWire;
}

/** ZMTP, the protocol of ZeroMQ, on Netty. */
module dev.parley.zmtp {
    requires transitive dev.parley.net;
    requires io.netty.codec;
    requires io.netty.common;
    requires org.bouncycastle.provider;
    requires org.slf4j;

    exports dev.parley.zmtp to
            dev.parley.zerorpc;
    exports dev.parley.zmtp.security;
}

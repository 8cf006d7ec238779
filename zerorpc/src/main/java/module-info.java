/** zerorpc over its own ZMTP sockets, both sides. */
module dev.parley.zerorpc {
    requires transitive dev.parley.net;
    requires org.slf4j;
    requires msgpack.core;

    exports dev.parley.zerorpc;
}

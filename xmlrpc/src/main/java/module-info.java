/** XML-RPC over HTTP, both sides. */
module dev.parley.xmlrpc {
    requires transitive dev.parley.net;
    requires org.slf4j;

    exports dev.parley.xmlrpc;

    provides dev.parley.spi.Wire with
            dev.parley.xmlrpc.XmlRpcWire;
}

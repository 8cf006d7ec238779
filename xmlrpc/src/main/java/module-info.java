/** XML-RPC over HTTP, both sides. */
module dev.parley.xmlrpc {
    requires transitive dev.parley.net;
    requires com.fasterxml.aalto;
    requires org.slf4j;

    exports dev.parley.xmlrpc;
}

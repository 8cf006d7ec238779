/** The parley command. */
module dev.parley.cli {
    requires dev.parley.xmlrpc;
    requires dev.parley.jsonrpc;
    requires dev.parley.zerorpc;
    requires dev.parley.oslo;
    requires dev.parley.broker;
    requires info.picocli;
}

/** The parley command. */
module dev.parley.cli {
    requires dev.parley.core;
    requires dev.parley.javadoc;
    requires dev.parley.net;
    requires dev.parley.xmlrpc;
    requires dev.parley.jsonrpc;
    requires dev.parley.zerorpc;
    requires dev.parley.jwt;
    requires dev.parley.oslo;
    requires dev.parley.broker;
    requires info.picocli;
    requires java.compiler;
    requires java.net.http;
    requires jdk.compiler;
    requires ch.qos.logback.classic;
    requires ch.qos.logback.core;
    requires org.slf4j;

    opens dev.parley.cli to
            info.picocli,
            dev.parley.core;
    opens dev.parley.cli.zerorpc to
            dev.parley.core;

    uses dev.parley.spi.Wire;

    provides ch.qos.logback.classic.spi.Configurator with
            dev.parley.cli.Logging;
}

/** An embedded AMQP 0-9-1 broker with RabbitMQ's behaviour, in memory. */
module dev.parley.broker {
    requires transitive dev.parley.net;
    requires io.netty.codec;
    requires io.netty.handler;
    requires org.slf4j;
    requires tools.jackson.databind;
    requires static org.junit.jupiter.api;

    exports dev.parley.broker;
    exports dev.parley.broker.junit;
}

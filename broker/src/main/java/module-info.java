/** An embedded AMQP 0-9-1 broker with RabbitMQ's behavior, in memory. */
module dev.parley.broker {
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires org.slf4j;
    requires tools.jackson.core;
    requires static org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.parley.broker;
    exports dev.parley.broker.junit;
}

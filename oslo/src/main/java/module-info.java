/** oslo.messaging over AMQP, both sides, on RabbitMQ or within one JVM. */
module dev.parley.oslo {
    requires transitive dev.parley.core;
    requires com.rabbitmq.client;
    requires java.net.http;
    requires static org.apache.commons.compress; // For messages compressed by other methods than zlib.
    requires org.slf4j;

    exports dev.parley.oslo;
    exports dev.parley.oslo.admin;

    provides dev.parley.spi.Wire with
            dev.parley.oslo.OsloWire;
}

/** An embedded AMQP 0-9-1 broker with RabbitMQ's behaviour, in memory. */
module dev.parley.broker {
    requires transitive dev.parley.net;
    requires org.slf4j;

    exports dev.parley.broker;
}

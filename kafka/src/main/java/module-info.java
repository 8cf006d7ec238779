/** Notifications of oslo.messaging over Apache Kafka; found by its presence on the path. */
module dev.parley.kafka {
    requires dev.parley.oslo;
    requires kafka.clients;
    requires org.slf4j;

    // Kafka makes the source of TLS engines itself.
    opens dev.parley.kafka to
            kafka.clients;

    provides dev.parley.oslo.notify.spi.NotificationWire with
            dev.parley.kafka.KafkaNotifications;
}

package com.rabbitmq.client.test;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;

/** In place of the class of this name in RabbitMQ's own tests, which knows one address: the broker is on a port given. */
public final class TestUtils {
    public static final boolean USE_NIO = false;

    private TestUtils() {}

    public static ConnectionFactory connectionFactory() {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(Integer.getInteger("broker.port"));
        return factory;
    }

    public static void close(Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static boolean isVersion37orLater(Connection connection) {
        return true;
    }
}

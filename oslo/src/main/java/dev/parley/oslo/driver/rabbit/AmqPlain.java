package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The default login mechanism of oslo.messaging: an AMQP table of {@code LOGIN} and {@code PASSWORD}, without its
 * length. Safe for use by any thread.
 */
final class AmqPlain implements SaslMechanism {
    @Override
    public String getName() {
        return "AMQPLAIN";
    }

    @Override
    public LongString handleChallenge(LongString challenge, String username, String password) {
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        field(table, "LOGIN", username);
        field(table, "PASSWORD", password);
        return LongStringHelper.asLongString(table.toByteArray());
    }

    private static void field(ByteArrayOutputStream table, String name, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        table.write(name.length());
        table.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        table.write('S');
        table.writeBytes(ByteBuffer.allocate(4).putInt(text.length).array());
        table.writeBytes(text);
    }
}

package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.limit.Debts;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * What a connection holds that no consumer can take away: undecoded input and unread output are counted here, messages
 * by their channels. Used on the connection's event loop.
 */
final class Holdings {
    /** Less undecoded input than this is not counted: the rest of the frame is usually there. */
    private static final int MIN_INPUT = 4 << 10;

    private final Connection connection;
    private final Debts.Debt debt;
    private long input;
    private long output;

    Holdings(Connection connection, Debts debts) {
        this.connection = connection;
        this.debt = debts.new Debt(() -> connection.socket().eventLoop().execute(this::close));
    }

    Debts.Debt debt() {
        return debt;
    }

    /** So many bytes of input are not decoded. */
    void input(int bytes) {
        long before = input;
        input = bytes < MIN_INPUT ? 0 : bytes;
        change(before, input);
    }

    /** What the client does not read may have changed. */
    void output() {
        long before = output;
        ChannelOutboundBuffer waiting = connection.socket().unsafe().outboundBuffer();
        output = waiting == null || connection.socket().isWritable() ? 0 : waiting.totalPendingWriteBytes();
        change(before, output);
    }

    private void change(long before, long now) {
        if (now < before) {
            debt.release(before - now);
        } else if (now > before && !debt.hold(now - before)) {
            close();
        }
    }

    /** Closes the connection, which holds most. */
    private void close() {
        connection.close(AmqpException.hard(ReplyCode.RESOURCE_ERROR, debt.reason()));
        if (!connection.socket().isWritable()) {
            // It does not read connection.close either.
            connection.drop();
        }
    }

    /** The socket is closed. */
    void end() {
        debt.release(input + output);
        input = 0;
        output = 0;
    }
}

package dev.parley.zmtp.mechanism;

import dev.parley.zmtp.security.CurveKey;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * CURVE as client: sends HELLO, waits for WELCOME with the server's transient key and a cookie, sends INITIATE with its
 * own long-term key and a vouch that the transient key is its own, waits for READY.
 */
final class CurveClient extends Mechanism {
    private static final int WELCOME_BYTES = 168;

    private final ZmtpSecurity.CurveClient security;
    private final CurveKeyPair transientKeys = CurveKeyPair.generate();
    private long nonce;
    private @Nullable Box transientBox;
    private @Nullable FrameCipher cipher;

    CurveClient(ZmtpSecurity.CurveClient security, Handshaking connection, byte[] metadata) {
        super(connection, metadata);
        this.security = security;
    }

    @Override
    public String name() {
        return "CURVE";
    }

    @Override
    public boolean isServer() {
        return false;
    }

    @Override
    public @Nullable FrameCipher cipher() {
        return cipher;
    }

    @Override
    public String hint() {
        return transientBox == null ? ": the server may not have the key that is expected" : "";
    }

    /** The box from C' to S. */
    private @Nullable Box helloBox() {
        return Box.of(transientKeys.secretKey(), security.serverKey().bytes());
    }

    @Override
    public void start() {
        Box box = helloBox();
        if (box == null) {
            connection.refuse("the server key is not a usable public key");
            return;
        }
        byte[] version = new byte[2 + 72];
        version[0] = 1;
        byte[] sealed = box.seal(Box.nonce("CurveZMQHELLO---", ++nonce), new byte[64]);
        connection.send(Commands.of("HELLO", version, transientKeys.publicKey().bytes(), counter(), sealed));
    }

    private byte[] counter() {
        byte[] bytes = new byte[8];
        FrameCipher.putLong(bytes, 0, nonce);
        return bytes;
    }

    @Override
    public void received(byte[] command) {
        Box box = transientBox;
        if (box == null) {
            if (!Commands.is(command, "WELCOME")) {
                unexpected(command, "WELCOME");
            } else if (command.length != WELCOME_BYTES) {
                malformed("WELCOME");
            } else {
                welcome(command);
            }
        } else if (Commands.is(command, "READY")) {
            ready(command, box);
        } else {
            unexpected(command, "READY");
        }
    }

    private void welcome(byte[] command) {
        Box box = helloBox();
        byte[] welcome = box == null ? null : box.open(Box.nonce("WELCOME-", command, 8), command, 24, 144);
        if (welcome == null) {
            connection.refuse("the server's WELCOME cannot be opened: the server does not have the expected key");
            return;
        }
        byte[] serverTransient = Arrays.copyOf(welcome, CurveKey.BYTES);
        byte[] cookie = Arrays.copyOfRange(welcome, CurveKey.BYTES, welcome.length);
        Box vouching = Box.of(security.keys().secretKey(), serverTransient);
        transientBox = Box.of(transientKeys.secretKey(), serverTransient);
        if (vouching == null || transientBox == null) {
            connection.refuse("the server's transient key is not usable");
            return;
        }
        byte[] vouchNonce = Box.random(16);
        byte[] vouch = vouching.seal(
                Box.nonce("VOUCH---", vouchNonce, 0),
                concat(transientKeys.publicKey().bytes(), security.serverKey().bytes()));
        byte[] initiate = concat(security.keys().publicKey().bytes(), vouchNonce, vouch, metadata);
        byte[] sealed = transientBox.seal(Box.nonce("CurveZMQINITIATE", ++nonce), initiate);
        connection.send(Commands.of("INITIATE", cookie, counter(), sealed));
    }

    private void ready(byte[] command, Box box) {
        if (command.length < 14 + Box.OVERHEAD) {
            malformed("READY");
            return;
        }
        long counter = FrameCipher.getLong(command, 6);
        byte[] ready = box.open(Box.nonce("CurveZMQREADY---", counter), command, 14, command.length - 14);
        if (ready == null) {
            connection.refuse("the server's READY cannot be opened");
            return;
        }
        cipher = FrameCipher.ofClient(box, nonce, counter);
        established(ready, 0, null);
    }

    static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}

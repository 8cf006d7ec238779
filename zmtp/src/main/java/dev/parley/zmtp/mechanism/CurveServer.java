package dev.parley.zmtp.mechanism;

import dev.parley.security.Credentials;
import dev.parley.zmtp.security.CurveKey;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * CURVE as server. Between HELLO and INITIATE it keeps nothing of the client and of its own transient key: both are in
 * the cookie that the client sends back. The cookie's key is made for this one connection and used once, so that a
 * recorded INITIATE opens no other connection.
 */
final class CurveServer extends LoginMechanism {
    private static final int HELLO_BYTES = 200;
    private static final int COOKIE_BYTES = 96;
    /** The name, the cookie, a nonce, and the box of a key, a vouch and metadata. */
    private static final int MIN_INITIATE_BYTES = 9 + COOKIE_BYTES + 8 + Box.OVERHEAD + CurveKey.BYTES + 96;

    private final CurveKeyPair keys;
    private byte @Nullable [] cookieKey;
    private boolean done;
    private long received;
    private @Nullable FrameCipher cipher;

    CurveServer(ZmtpSecurity.CurveServer security, Handshaking connection, byte[] metadata) {
        super(security.check(), connection, metadata);
        this.keys = security.keys();
    }

    @Override
    public String name() {
        return "CURVE";
    }

    @Override
    public @Nullable FrameCipher cipher() {
        return cipher;
    }

    @Override
    void next(byte[] command) {
        byte[] key = cookieKey;
        if (done) {
            unexpected(command, "MESSAGE");
        } else if (key == null) {
            if (!Commands.is(command, "HELLO")) {
                unexpected(command, "HELLO");
            } else if (command.length != HELLO_BYTES || command[6] != 1 || command[7] != 0) {
                malformed("HELLO");
            } else {
                hello(command);
            }
        } else if (!Commands.is(command, "INITIATE")) {
            unexpected(command, "INITIATE");
        } else if (command.length < MIN_INITIATE_BYTES) {
            malformed("INITIATE");
        } else {
            cookieKey = null;
            done = true;
            initiate(command, Box.ofKey(key));
        }
    }

    private void hello(byte[] command) {
        byte[] clientTransient = Arrays.copyOfRange(command, 80, 112);
        received = FrameCipher.getLong(command, 112);
        Box box = Box.of(keys.secretKey(), clientTransient);
        byte[] signature = box == null ? null : box.open(Box.nonce("CurveZMQHELLO---", received), command, 120, 80);
        if (box == null || signature == null || !Arrays.equals(signature, new byte[64])) {
            connection.refuse("the client's HELLO cannot be opened: the client expects another server key");
            return;
        }
        CurveKeyPair transientKeys = CurveKeyPair.generate();
        cookieKey = Box.random(CurveKey.BYTES);
        byte[] cookieNonce = Box.random(16);
        byte[] cookie = Box.ofKey(cookieKey)
                .seal(
                        Box.nonce("COOKIE--", cookieNonce, 0),
                        CurveClient.concat(clientTransient, transientKeys.secretKey()));
        byte[] welcomeNonce = Box.random(16);
        byte[] welcome = box.seal(
                Box.nonce("WELCOME-", welcomeNonce, 0),
                CurveClient.concat(transientKeys.publicKey().bytes(), cookieNonce, cookie));
        connection.send(Commands.of("WELCOME", welcomeNonce, welcome));
    }

    private void initiate(byte[] command, Box cookieBox) {
        byte[] cookie = cookieBox.open(Box.nonce("COOKIE--", command, 9), command, 25, 80);
        long counter = FrameCipher.getLong(command, 105);
        if (cookie == null) {
            connection.refuse("INITIATE has a cookie that this server did not make for this connection");
            return;
        }
        if (Long.compareUnsigned(counter, received) <= 0) {
            connection.refuse("INITIATE has a nonce that is not greater than that of HELLO");
            return;
        }
        byte[] clientTransient = Arrays.copyOf(cookie, CurveKey.BYTES);
        byte[] secret = Arrays.copyOfRange(cookie, CurveKey.BYTES, 2 * CurveKey.BYTES);
        Box box = Box.of(secret, clientTransient);
        byte[] initiate = box == null
                ? null
                : box.open(Box.nonce("CurveZMQINITIATE", counter), command, 113, command.length - 113);
        if (box == null || initiate == null) {
            connection.refuse("INITIATE cannot be opened with the keys of its cookie");
            return;
        }
        byte[] client = Arrays.copyOf(initiate, CurveKey.BYTES);
        Box vouching = Box.of(secret, client);
        byte[] vouch = vouching == null ? null : vouching.open(Box.nonce("VOUCH---", initiate, 32), initiate, 48, 80);
        if (!Arrays.equals(
                vouch, CurveClient.concat(clientTransient, keys.publicKey().bytes()))) {
            connection.refuse("INITIATE has a wrong vouch: the client does not have the key that it claims");
            return;
        }
        check(new Credentials.PublicKey(CurveKey.of(client).toString()), caller -> {
            byte[] nonce = new byte[8];
            FrameCipher.putLong(nonce, 0, 1);
            connection.send(Commands.of("READY", nonce, box.seal(Box.nonce("CurveZMQREADY---", 1), metadata)));
            cipher = FrameCipher.ofServer(box, 1, counter);
            established(initiate, 128, caller);
        });
    }
}

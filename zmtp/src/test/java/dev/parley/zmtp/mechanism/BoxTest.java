package dev.parley.zmtp.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.zmtp.security.CurveKeyPair;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The vectors of "Cryptography in NaCl" (2009), which NaCl and libsodium test with. */
class BoxTest {
    private static final byte[] ALICE_SECRET = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    private static final byte[] ALICE = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    private static final byte[] BOB_SECRET = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    private static final byte[] BOB = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    private static final byte[] FIRST_KEY = hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
    private static final byte[] NONCE = hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
    private static final byte[] PLAIN = hex("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
            + "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057"
            + "e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
            + "5e0705");
    private static final byte[] BOX = hex("f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce"
            + "48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738"
            + "b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
            + "7973f622a43d14a6599b1f654cb45a74e355a5");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    void publicKeysBelongToSecretKeys() {
        assertThat(CurveKeyPair.ofSecretKey(HexFormat.of().formatHex(ALICE_SECRET))
                        .publicKey()
                        .bytes())
                .isEqualTo(ALICE);
        assertThat(CurveKeyPair.ofSecretKey(HexFormat.of().formatHex(BOB_SECRET))
                        .publicKey()
                        .bytes())
                .isEqualTo(BOB);
    }

    @Test
    void bothSidesSealAndOpenTheBoxOfNaCl() {
        Box alice = Box.of(ALICE_SECRET, BOB);
        Box bob = Box.of(BOB_SECRET, ALICE);
        assertThat(alice.seal(NONCE, PLAIN)).isEqualTo(BOX);
        assertThat(bob.seal(NONCE, PLAIN)).isEqualTo(BOX);
        assertThat(bob.open(NONCE, BOX, 0, BOX.length)).isEqualTo(PLAIN);
        assertThat(Box.ofKey(FIRST_KEY).seal(NONCE, PLAIN)).as("the secretbox").isEqualTo(BOX);
    }

    @Test
    void derivesTheSecondKeyOfNaCl() {
        assertThat(Salsa20Poly1305.derive(FIRST_KEY, NONCE))
                .isEqualTo(hex("dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4"));
    }

    @Test
    void aChangedBitAnywhereIsNoticed() {
        Box box = Box.ofKey(FIRST_KEY);
        for (int bit = 0; bit < 8 * BOX.length; bit++) {
            byte[] changed = BOX.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(box.open(NONCE, changed, 0, changed.length))
                    .as("bit %d", bit)
                    .isNull();
        }
        for (int length = 0; length < BOX.length; length++) {
            assertThat(box.open(NONCE, BOX, 0, length)).as("%d bytes", length).isNull();
        }
    }

    @Test
    void keysThatAgreeOnZeroWithEverybodyAreRefused() {
        assertThat(Box.of(ALICE_SECRET, new byte[32])).isNull();
        byte[] one = new byte[32];
        one[0] = 1;
        assertThat(Box.of(ALICE_SECRET, one)).isNull();
    }

    @Test
    void framesOfAnySizeComeThroughInOrderOnly() {
        Box box = Box.ofKey(FIRST_KEY);
        FrameCipher client = FrameCipher.ofClient(box, 2, 1);
        FrameCipher server = FrameCipher.ofServer(box, 1, 2);
        for (int size : new int[] {0, 1, 31, 32, 33, 255, 256, 17_000, 17_408, 100_000}) {
            byte[] plain = Box.random(size);
            byte[] sealed = client.seal(plain, 0, size, FrameCipher.MORE).clone();
            assertThat(server.open(sealed, size + FrameCipher.OVERHEAD)).isEqualTo(plain);
            assertThat(server.flags()).isEqualTo(FrameCipher.MORE);
            assertThat(server.open(sealed, size + FrameCipher.OVERHEAD)).isNull();
            assertThat(server.problem()).contains("replayed");
            assertThat(FrameCipher.ofClient(box, 2, 1).open(sealed, size + FrameCipher.OVERHEAD))
                    .as("a frame sent back to its sender")
                    .isNull();
        }
    }
}

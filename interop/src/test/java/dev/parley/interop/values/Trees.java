package dev.parley.interop.values;

import java.math.BigInteger;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes trees of values that a wire can hold. Confined to one thread. */
final class Trees {
    /** Strings, whole numbers and doubles at the edges of what formats treat alike. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\t",
            "\n",
            "a\r\nb",
            "0",
            "true",
            "null",
            "<&>\"'",
            "]]>",
            "<![CDATA[",
            "&amp;",
            "\\u0041",
            "\u007f",
            "\u0085",
            "\u2028",
            "\u00a0 x \u00a0",
            "ﬁ",
            "e\u0301",
            "\ufffd",
            "\ufeffx",
            "😀",
            "\ud83d\udc69\u200d\ud83d\udcbb",
            "日本語",
            "مرحبا",
            "__proto__",
            "__class__",
            "@class",
            "__jsonclass__",
            "x".repeat(31),
            "x".repeat(32),
            "x".repeat(255),
            "x".repeat(256),
            "ü".repeat(5_000));

    private static final long[] WHOLE = {
        0,
        1,
        -1,
        31,
        32,
        -32,
        -33,
        127,
        128,
        -128,
        -129,
        255,
        256,
        32767,
        32768,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE + 1L,
        Integer.MIN_VALUE - 1L,
        (1L << 32) - 1,
        1L << 32,
        (1L << 53) - 1,
        1L << 53,
        (1L << 53) + 1,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private static final double[] DOUBLES = {
        0.0,
        1.0,
        -1.0,
        0.1,
        -0.1,
        1.5,
        1e7,
        1e16,
        1e17,
        1e22,
        1e23,
        123456789012345680.0,
        9007199254740992.0,
        1e-7,
        1e-5,
        Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        1.7976931348623155e308,
        2.225073858507201E-308,
        Math.PI,
        0.30000000000000004,
        4.35,
        1e300 / 3
    };

    private static final LocalDateTime[] TIMES = {
        LocalDateTime.of(1, 1, 1, 0, 0, 0),
        LocalDateTime.of(1969, 12, 31, 23, 59, 59),
        LocalDateTime.of(1970, 1, 1, 0, 0, 0),
        LocalDateTime.of(2000, 2, 29, 12, 30, 1),
        LocalDateTime.of(2026, 3, 29, 2, 30, 0),
        LocalDateTime.of(9999, 12, 31, 23, 59, 59)
    };

    private final Random random;
    private final boolean bytes;
    private final boolean times;
    private final boolean specialDoubles;
    private final boolean bigIntegers;

    /**
     * A generator.
     *
     * @param kinds the kinds of values beyond those that every wire holds
     */
    Trees(long seed, Kind... kinds) {
        List<Kind> more = List.of(kinds);
        random = new Random(seed);
        bytes = more.contains(Kind.BYTES);
        times = more.contains(Kind.TIMES);
        specialDoubles = more.contains(Kind.SPECIAL_DOUBLES);
        bigIntegers = more.contains(Kind.BIG_INTEGERS);
    }

    /** Kinds of values that not every wire holds without a type being asked for. */
    enum Kind {
        BYTES,
        TIMES,
        SPECIAL_DOUBLES,
        BIG_INTEGERS
    }

    /** A tree of at most this depth. */
    @Nullable
    Object tree(int depth) {
        int kind = random.nextInt(depth > 0 ? 10 : 7);
        return switch (kind) {
            case 0 -> random.nextInt(3) == 0 ? null : scalar();
            case 1 -> random.nextBoolean();
            case 2 -> whole();
            case 3 -> number();
            case 4 -> text();
            case 5, 6 -> scalar();
            case 7 -> list(depth);
            default -> map(depth);
        };
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = size(); i > 0; i--) {
            list.add(tree(depth - 1));
        }
        return list;
    }

    private Map<String, @Nullable Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = size(); i > 0; i--) {
            map.put(text(), tree(depth - 1));
        }
        return map;
    }

    /** Mostly small; sometimes beyond where MessagePack changes the form of its headers. */
    private int size() {
        return random.nextInt(20) == 0 ? 15 + random.nextInt(3) : random.nextInt(5);
    }

    private Object scalar() {
        return switch (random.nextInt(8)) {
            case 0 -> bytes ? octets() : text();
            case 1 -> times ? TIMES[random.nextInt(TIMES.length)] : text();
            case 2 -> specialDoubles ? special() : number();
            case 3 -> bigIntegers ? big() : whole();
            default -> text();
        };
    }

    private Object special() {
        return new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0}[random.nextInt(4)];
    }

    private Object big() {
        BigInteger beyond = BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE);
        return random.nextBoolean()
                ? beyond.add(new BigInteger(200, random))
                : beyond.negate().subtract(BigInteger.TEN);
    }

    /** An integer of the smallest type that holds it, as wires give it back. */
    private Object whole() {
        long value =
                random.nextBoolean() ? WHOLE[random.nextInt(WHOLE.length)] : random.nextLong() >> random.nextInt(64);
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    private double number() {
        if (random.nextBoolean()) {
            return DOUBLES[random.nextInt(DOUBLES.length)];
        }
        double value = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(value) && value != 0 ? value : 0.5;
    }

    private byte[] octets() {
        byte[] octets = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(300)];
        random.nextBytes(octets);
        return octets;
    }

    /** Text that XML can carry. */
    private String text() {
        if (random.nextBoolean()) {
            return TEXTS.get(random.nextInt(TEXTS.size()));
        }
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int c = character();
            text.appendCodePoint(isXml(c) ? c : 'x');
        }
        return text.toString();
    }

    /** Text of any characters, unpaired surrogates and control characters included. */
    String anyText() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int kind = random.nextInt(6);
            text.appendCodePoint(
                    switch (kind) {
                        case 0 -> random.nextInt(0x20);
                        case 1 -> 0xd800 + random.nextInt(0x800);
                        case 2 -> 0xfff0 + random.nextInt(16);
                        default -> character();
                    });
        }
        return text.toString();
    }

    private int character() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x80);
            case 1 -> random.nextInt(0x800);
            case 2 -> random.nextInt(0x10000);
            default -> random.nextInt(0x110000);
        };
    }

    /** Whether XML 1.0 can represent a character. */
    static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= ' ' && c < 0xd800)
                || (c >= 0xe000 && c < 0xfffe)
                || c > 0xffff;
    }
}

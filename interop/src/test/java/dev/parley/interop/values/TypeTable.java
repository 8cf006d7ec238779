package dev.parley.interop.values;

import static dev.parley.interop.values.ValueTreesTest.Wire.JSONRPC_HTTP;
import static dev.parley.interop.values.ValueTreesTest.Wire.JSONRPC_TCP;
import static dev.parley.interop.values.ValueTreesTest.Wire.MEMORY;
import static dev.parley.interop.values.ValueTreesTest.Wire.OSLO;
import static dev.parley.interop.values.ValueTreesTest.Wire.XMLRPC;
import static dev.parley.interop.values.ValueTreesTest.Wire.ZERORPC;

import dev.parley.interop.values.TypeSamples.Address;
import dev.parley.interop.values.TypeSamples.Circle;
import dev.parley.interop.values.TypeSamples.Pair;
import dev.parley.interop.values.TypeSamples.Person;
import dev.parley.interop.values.TypeSamples.Shape;
import dev.parley.interop.values.TypeSamples.Square;
import dev.parley.interop.values.TypeSamples.State;
import dev.parley.interop.values.ValueTreesTest.Wire;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one table of types: values for each method of {@link TypesApi}, what comes back where that is not the same value,
 * and as what a peer that knows no Java types sees them. Confined to one thread.
 */
@SuppressWarnings({"AddressSelection", "JdkObsolete", "UnnecessaryStringBuilder"}) // These types are to be tried.
final class TypeTable {
    private static final UUID ID = UUID.fromString("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9");
    private static final UUID TEXT_LIKE = UUID.fromString("41424344-4546-4748-494a-4b4c4d4e4f50");
    private static final Instant TIME = Instant.parse("2026-11-27T08:30:15.123456789Z");
    private static final OffsetDateTime OFFSET_TIME = OffsetDateTime.parse("2026-11-27T10:30:15+02:00");
    /** JSON by its rules; oslo.messaging writes what Python's {@code json} reads. */
    private static final Wire[] TEXT_ONLY = {JSONRPC_HTTP, JSONRPC_TCP, MEMORY};

    private static final Wire[] JSON = {JSONRPC_HTTP, JSONRPC_TCP, MEMORY, OSLO};

    /** One value. Confined to one thread. */
    static final class Row {
        final String method;
        final @Nullable Object value;
        private final Map<Wire, Object> different = new EnumMap<>(Wire.class);
        private final Map<Wire, String> refused = new EnumMap<>(Wire.class);
        private final Map<Wire, Object> seen = new EnumMap<>(Wire.class);

        Row(String method, @Nullable Object value) {
            this.method = method;
            this.value = value;
        }

        /** What comes back on these wires instead of the value. */
        Row becomes(Object other, Wire... wires) {
            for (Wire wire : wires) {
                different.put(wire, other);
            }
            return this;
        }

        /** The error on these wires. */
        Row refused(String message, Wire... wires) {
            for (Wire wire : wires) {
                refused.put(wire, message);
            }
            return this;
        }

        /** What a caller sees that asks for an {@code Object}, on these wires or, without any, on all others. */
        Row seen(Object as, Wire... wires) {
            for (Wire wire : wires.length == 0 ? Wire.values() : wires) {
                seen.putIfAbsent(wire, as);
            }
            return this;
        }

        @Nullable
        Object expected(Wire wire) {
            return different.getOrDefault(wire, value);
        }

        @Nullable
        String refusal(Wire wire) {
            return refused.get(wire);
        }

        @Nullable
        Object seen(Wire wire) {
            return seen.get(wire);
        }

        @Override
        public String toString() {
            return method + " " + value;
        }
    }

    private final List<Row> rows = new ArrayList<>();

    static List<Row> rows() {
        TypeTable table = new TypeTable();
        try {
            table.numbers();
            table.texts();
            table.times();
            table.containers();
            table.own();
        } catch (MalformedURLException | UnknownHostException e) {
            throw new IllegalStateException(e);
        }
        return table.rows;
    }

    private Row row(String method, @Nullable Object value) {
        Row row = new Row(method, value);
        rows.add(row);
        return row;
    }

    private void numbers() {
        row("flag", true).seen(true);
        row("flagBoxed", false);
        row("flagBoxed", null);
        row("octet", (byte) -128).seen(-128);
        row("small", (short) -32768).seen(-32768);
        row("whole", Integer.MIN_VALUE).seen(Integer.MIN_VALUE);
        row("wholeBoxed", 0);
        row("wholeBoxed", null);
        row("large", Long.MAX_VALUE).seen(Long.MAX_VALUE);
        row("large", -1L << 31);
        row("single", 1.1f).seen((double) 1.1f, ZERORPC).seen(1.1);
        row("single", Float.NEGATIVE_INFINITY).seen("-Infinity", TEXT_ONLY).seen(Double.NEGATIVE_INFINITY);
        row("real", Math.PI).seen(Math.PI);
        row("real", Double.NaN).seen("NaN", TEXT_ONLY).seen(Double.NaN);
        row("real", -0.0);
        row("letter", 'ü').seen("ü");
        row("bigInteger", BigInteger.TEN.negate()).seen(-10);
        row("bigInteger", BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE))
                .refused("does not fit a signed 64-bit integer", XMLRPC);
        row("bigInteger", BigInteger.ONE.shiftLeft(200))
                .refused("does not fit a signed 64-bit integer", XMLRPC)
                .refused("MessagePack holds -2^63 to 2^64-1", ZERORPC);
        row("bigDecimal", new BigDecimal("12.50")).seen("12.50", ZERORPC).seen(12.5);
        row("bigDecimal", new BigDecimal("1E+3"));
        row("bigDecimal", new BigDecimal("-0.1234567890123456789012345678901234567890"));
        row("atomicFlag", new AtomicBoolean(true));
        row("atomicInt", new AtomicInteger(7));
        row("atomicLong", new AtomicLong(1L << 40));
        row("optionalInt", OptionalInt.of(7)).seen(7);
        row("optionalInt", OptionalInt.empty());
        row("optionalLong", OptionalLong.of(1L << 40));
        row("optionalLong", OptionalLong.empty());
        row("optionalDouble", OptionalDouble.of(0.5));
        row("optionalDouble", OptionalDouble.empty());
    }

    private void texts() throws MalformedURLException, UnknownHostException {
        row("text", "grüße 🌍").seen("grüße 🌍");
        row("text", "");
        row("chars", "text");
        row("builder", new StringBuilder("text")).seen("text");
        row("charArray", "text".toCharArray()).seen("text");
        row("atomicReference", new AtomicReference<>("text"));
        row("uuid", ID).seen(ID.toString());
        row("uuid", TEXT_LIKE).seen(TEXT_LIKE.toString());
        row("uuid", new UUID(0, 0));
        row("uuid", null);
        row("uri", URI.create("https://example.org/a?b=c#d")).seen("https://example.org/a?b=c#d");
        row("url", URI.create("https://example.org/").toURL());
        row("currency", Currency.getInstance("EUR")).seen("EUR");
        row("locale", Locale.forLanguageTag("de-CH"));
        row("charset", StandardCharsets.ISO_8859_1).seen("ISO-8859-1");
        row("pattern", Pattern.compile("a+")).seen("a+");
        row("file", new File("/tmp/a"));
        row("path", Path.of("/tmp/a"));
        row("inetAddress", InetAddress.getByName("127.0.0.1")).seen("127.0.0.1");
        row("inetSocketAddress", new InetSocketAddress("127.0.0.1", 80))
                .becomes(InetSocketAddress.createUnresolved("127.0.0.1", 80), Wire.values());
        row("timeZone", TimeZone.getTimeZone("Europe/Paris")).seen("Europe/Paris");
        row("state", State.DONE).seen("DONE");
        row("optional", Optional.of("text")).seen("text");
        row("optional", Optional.empty());
        byte[] bytes = {0, -1, 127, -128};
        row("bytes", bytes).seen("AP9/gA==", JSON).seen(bytes);
        row("bytes", new byte[0]);
        row("byteBuffer", ByteBuffer.wrap(bytes));
    }

    private void times() {
        LocalDateTime local = LocalDateTime.parse("2026-11-27T08:30:15");
        Instant second = TIME.truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        row("instant", TIME).becomes(second, XMLRPC).seen(local, XMLRPC).seen("2026-11-27T08:30:15.123456789Z");
        row("localDate", LocalDate.of(2024, 2, 29))
                .seen(LocalDateTime.of(2024, 2, 29, 0, 0), XMLRPC)
                .seen("2024-02-29");
        row("localTime", LocalTime.of(23, 59, 59, 5)).seen("23:59:59.000000005");
        row("localDateTime", local).seen(local, XMLRPC).seen("2026-11-27T08:30:15");
        row("localDateTime", local.plusNanos(5)).becomes(local, XMLRPC);
        row("offsetTime", OffsetTime.parse("10:15:30+01:00")).seen("10:15:30+01:00");
        row("offsetDateTime", OFFSET_TIME)
                .becomes(OFFSET_TIME.withOffsetSameInstant(ZoneOffset.UTC), XMLRPC)
                .seen(local, XMLRPC)
                .seen("2026-11-27T10:30:15+02:00");
        row("offsetDateTime", OFFSET_TIME.withOffsetSameInstant(ZoneOffset.UTC));
        ZonedDateTime paris = ZonedDateTime.of(local, ZoneId.of("Europe/Paris"));
        row("zonedDateTime", paris)
                .becomes(paris.withZoneSameInstant(ZoneId.of("UTC")), XMLRPC)
                .becomes(paris.withFixedOffsetZone(), ZERORPC)
                .becomes(paris.withFixedOffsetZone(), JSON)
                .seen(local.minusHours(1), XMLRPC)
                .seen("2026-11-27T08:30:15+01:00");
        row("date", Date.from(second.plusMillis(123))).becomes(Date.from(second), XMLRPC);
        GregorianCalendar calendar = GregorianCalendar.from(ZonedDateTime.ofInstant(second, ZoneId.of("UTC")));
        row("calendar", calendar);
        row("year", Year.of(2026)).seen(2026);
        row("yearMonth", YearMonth.of(2026, 11)).seen("2026-11");
        row("monthDay", MonthDay.of(2, 29)).seen("--02-29");
        row("month", Month.MAY);
        row("dayOfWeek", DayOfWeek.SUNDAY).seen("SUNDAY");
        row("duration", Duration.ofSeconds(90, 5)).seen("PT1M30.000000005S");
        row("period", Period.of(1, 2, 3)).seen("P1Y2M3D");
        row("zoneId", ZoneId.of("Europe/Paris")).seen("Europe/Paris");
        row("zoneOffset", ZoneOffset.ofHoursMinutes(5, 30)).seen("+05:30");
    }

    private void containers() {
        row("shorts", new short[] {1, -2});
        row("ints", new int[] {1, -2});
        row("longs", new long[] {1, -1L << 40});
        row("floats", new float[] {1.1f});
        row("doubles", new double[] {1.1, 2});
        row("flags", new boolean[] {true, false});
        row("texts", new String[] {"a", ""});
        row("matrix", new int[][] {{1, 2}, {}});
        row("uuids", new UUID[] {ID, TEXT_LIKE});
        row("objects", new Object[] {1, "two", List.of(3.5)});
        row("list", List.of("a", "b")).seen(List.of("a", "b"));
        row("collection", List.of(1L, 1L << 40));
        row("iterable", List.of(1, 2));
        row("linkedList", new LinkedList<>(List.of(ID)));
        row("deque", new ArrayDeque<>(List.of(Instant.EPOCH)));
        row("set", Set.of(State.NEW, State.DONE));
        row("sortedSet", new TreeSet<>(Set.of("b", "a")));
        row("enumSet", EnumSet.of(State.DONE));
        row("map", Map.of("a", ID)).seen(Map.of("a", ID.toString()));
        row("mapByInt", Map.of(1, "one")).seen(Map.of("1", "one"));
        row("mapByUuid", Map.of(ID, 5L)).seen(Map.of(ID.toString(), 5));
        row("mapByDate", Map.of(LocalDate.EPOCH, new BigDecimal("1.10")));
        row("sortedMap", new TreeMap<>(Map.of(State.NEW, List.of(Duration.ofHours(1)))));
        row("enumMap", new EnumMap<>(Map.of(State.DONE, OFFSET_TIME)))
                .becomes(new EnumMap<>(Map.of(State.DONE, OFFSET_TIME.withOffsetSameInstant(ZoneOffset.UTC))), XMLRPC);
        row("entry", Map.entry("a", Instant.EPOCH));
    }

    private void own() {
        Person person = new Person(ID, "Ada", Instant.EPOCH, new byte[] {1, -1}, List.of());
        row("person", person);
        row("person", new Person(TEXT_LIKE, "Bob", Instant.EPOCH, new byte[0], List.of(person)));
        row("pair", new Pair<>(ID, List.of(OFFSET_TIME)))
                .becomes(new Pair<>(ID, List.of(OFFSET_TIME.withOffsetSameInstant(ZoneOffset.UTC))), XMLRPC);
        Address bean = new Address();
        bean.setCity("Bern");
        bean.setZip(3000);
        row("bean", bean).seen(Map.of("city", "Bern", "zip", 3000));
        Shape circle = new Circle(1.5);
        Shape square = new Square(2, ID);
        row("shape", circle).seen(Map.of("kind", "circle", "radius", 1.5));
        row("shapes", List.of(circle, square));
        row("shapesByName", Map.of("a", square));
        row("optionalShapes", Optional.of(List.of(circle)));
        row("optionalShapes", Optional.empty());
        row("shapeArray", new Shape[] {square});
        row("shapePair", new Pair<>(circle, Set.of(square)));
        row("any", Map.of("a", List.of(1, 2.5, "text", true)));
        JsonMapper json = JsonMapper.shared();
        row("tree", json.readTree("{\"a\":[1,2.5,\"x\",null,true]}"));
        row("tree", json.readTree("5"));
        row("objectTree", json.readTree("{\"a\":{}}"));
        row("arrayTree", json.readTree("[1,[]]"));
    }
}

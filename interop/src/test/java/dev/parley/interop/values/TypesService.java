package dev.parley.interop.values;

import dev.parley.Param;
import dev.parley.interop.values.TypeSamples.Address;
import dev.parley.interop.values.TypeSamples.Pair;
import dev.parley.interop.values.TypeSamples.Person;
import dev.parley.interop.values.TypeSamples.Shape;
import dev.parley.interop.values.TypeSamples.State;
import java.io.File;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
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
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The methods of {@link TypesApi}, which return their arguments as they came. Thread-safe. */
public final class TypesService {
    public boolean flag(@Param("value") boolean value) {
        return value;
    }

    public Boolean flagBoxed(@Param("value") Boolean value) {
        return value;
    }

    public byte octet(@Param("value") byte value) {
        return value;
    }

    public short small(@Param("value") short value) {
        return value;
    }

    public int whole(@Param("value") int value) {
        return value;
    }

    public Integer wholeBoxed(@Param("value") Integer value) {
        return value;
    }

    public long large(@Param("value") long value) {
        return value;
    }

    public float single(@Param("value") float value) {
        return value;
    }

    public double real(@Param("value") double value) {
        return value;
    }

    public char letter(@Param("value") char value) {
        return value;
    }

    public String text(@Param("value") String value) {
        return value;
    }

    public CharSequence chars(@Param("value") CharSequence value) {
        return value;
    }

    public StringBuilder builder(@Param("value") StringBuilder value) {
        return value;
    }

    public BigInteger bigInteger(@Param("value") BigInteger value) {
        return value;
    }

    public BigDecimal bigDecimal(@Param("value") BigDecimal value) {
        return value;
    }

    public AtomicBoolean atomicFlag(@Param("value") AtomicBoolean value) {
        return value;
    }

    public AtomicInteger atomicInt(@Param("value") AtomicInteger value) {
        return value;
    }

    public AtomicLong atomicLong(@Param("value") AtomicLong value) {
        return value;
    }

    public AtomicReference<String> atomicReference(@Param("value") AtomicReference<String> value) {
        return value;
    }

    public UUID uuid(@Param("value") UUID value) {
        return value;
    }

    public URI uri(@Param("value") URI value) {
        return value;
    }

    public URL url(@Param("value") URL value) {
        return value;
    }

    public Currency currency(@Param("value") Currency value) {
        return value;
    }

    public Locale locale(@Param("value") Locale value) {
        return value;
    }

    public Charset charset(@Param("value") Charset value) {
        return value;
    }

    public Pattern pattern(@Param("value") Pattern value) {
        return value;
    }

    public File file(@Param("value") File value) {
        return value;
    }

    public Path path(@Param("value") Path value) {
        return value;
    }

    public InetAddress inetAddress(@Param("value") InetAddress value) {
        return value;
    }

    public InetSocketAddress inetSocketAddress(@Param("value") InetSocketAddress value) {
        return value;
    }

    public TimeZone timeZone(@Param("value") TimeZone value) {
        return value;
    }

    public State state(@Param("value") State value) {
        return value;
    }

    public Optional<String> optional(@Param("value") Optional<String> value) {
        return value;
    }

    public OptionalInt optionalInt(@Param("value") OptionalInt value) {
        return value;
    }

    public OptionalLong optionalLong(@Param("value") OptionalLong value) {
        return value;
    }

    public OptionalDouble optionalDouble(@Param("value") OptionalDouble value) {
        return value;
    }

    public Instant instant(@Param("value") Instant value) {
        return value;
    }

    public LocalDate localDate(@Param("value") LocalDate value) {
        return value;
    }

    public LocalTime localTime(@Param("value") LocalTime value) {
        return value;
    }

    public LocalDateTime localDateTime(@Param("value") LocalDateTime value) {
        return value;
    }

    public OffsetTime offsetTime(@Param("value") OffsetTime value) {
        return value;
    }

    public OffsetDateTime offsetDateTime(@Param("value") OffsetDateTime value) {
        return value;
    }

    public ZonedDateTime zonedDateTime(@Param("value") ZonedDateTime value) {
        return value;
    }

    public Date date(@Param("value") Date value) {
        return value;
    }

    public Calendar calendar(@Param("value") Calendar value) {
        return value;
    }

    public Year year(@Param("value") Year value) {
        return value;
    }

    public YearMonth yearMonth(@Param("value") YearMonth value) {
        return value;
    }

    public MonthDay monthDay(@Param("value") MonthDay value) {
        return value;
    }

    public Month month(@Param("value") Month value) {
        return value;
    }

    public DayOfWeek dayOfWeek(@Param("value") DayOfWeek value) {
        return value;
    }

    public Duration duration(@Param("value") Duration value) {
        return value;
    }

    public Period period(@Param("value") Period value) {
        return value;
    }

    public ZoneId zoneId(@Param("value") ZoneId value) {
        return value;
    }

    public ZoneOffset zoneOffset(@Param("value") ZoneOffset value) {
        return value;
    }

    public byte[] bytes(@Param("value") byte[] value) {
        return value;
    }

    public ByteBuffer byteBuffer(@Param("value") ByteBuffer value) {
        return value;
    }

    public char[] charArray(@Param("value") char[] value) {
        return value;
    }

    public short[] shorts(@Param("value") short[] value) {
        return value;
    }

    public int[] ints(@Param("value") int[] value) {
        return value;
    }

    public long[] longs(@Param("value") long[] value) {
        return value;
    }

    public float[] floats(@Param("value") float[] value) {
        return value;
    }

    public double[] doubles(@Param("value") double[] value) {
        return value;
    }

    public boolean[] flags(@Param("value") boolean[] value) {
        return value;
    }

    public String[] texts(@Param("value") String[] value) {
        return value;
    }

    public int[][] matrix(@Param("value") int[][] value) {
        return value;
    }

    public UUID[] uuids(@Param("value") UUID[] value) {
        return value;
    }

    public Object[] objects(@Param("value") Object[] value) {
        return value;
    }

    public List<String> list(@Param("value") List<String> value) {
        return value;
    }

    public Collection<Long> collection(@Param("value") Collection<Long> value) {
        return value;
    }

    public Iterable<Integer> iterable(@Param("value") Iterable<Integer> value) {
        return value;
    }

    public LinkedList<UUID> linkedList(@Param("value") LinkedList<UUID> value) {
        return value;
    }

    public Deque<Instant> deque(@Param("value") Deque<Instant> value) {
        return value;
    }

    public Set<State> set(@Param("value") Set<State> value) {
        return value;
    }

    public SortedSet<String> sortedSet(@Param("value") SortedSet<String> value) {
        return value;
    }

    public EnumSet<State> enumSet(@Param("value") EnumSet<State> value) {
        return value;
    }

    public Map<String, UUID> map(@Param("value") Map<String, UUID> value) {
        return value;
    }

    public Map<Integer, String> mapByInt(@Param("value") Map<Integer, String> value) {
        return value;
    }

    public Map<UUID, Long> mapByUuid(@Param("value") Map<UUID, Long> value) {
        return value;
    }

    public Map<LocalDate, BigDecimal> mapByDate(@Param("value") Map<LocalDate, BigDecimal> value) {
        return value;
    }

    public SortedMap<State, List<Duration>> sortedMap(@Param("value") SortedMap<State, List<Duration>> value) {
        return value;
    }

    public EnumMap<State, OffsetDateTime> enumMap(@Param("value") EnumMap<State, OffsetDateTime> value) {
        return value;
    }

    public Map.Entry<String, Instant> entry(@Param("value") Map.Entry<String, Instant> value) {
        return value;
    }

    public Person person(@Param("value") Person value) {
        return value;
    }

    public Pair<UUID, List<OffsetDateTime>> pair(@Param("value") Pair<UUID, List<OffsetDateTime>> value) {
        return value;
    }

    public Address bean(@Param("value") Address value) {
        return value;
    }

    public Shape shape(@Param("value") Shape value) {
        return value;
    }

    public List<Shape> shapes(@Param("value") List<Shape> value) {
        return value;
    }

    public Map<String, Shape> shapesByName(@Param("value") Map<String, Shape> value) {
        return value;
    }

    public Optional<List<Shape>> optionalShapes(@Param("value") Optional<List<Shape>> value) {
        return value;
    }

    public Shape[] shapeArray(@Param("value") Shape[] value) {
        return value;
    }

    public Pair<Shape, Set<Shape>> shapePair(@Param("value") Pair<Shape, Set<Shape>> value) {
        return value;
    }

    public Object any(@Param("value") Object value) {
        return value;
    }

    public JsonNode tree(@Param("value") JsonNode value) {
        return value;
    }

    public ObjectNode objectTree(@Param("value") ObjectNode value) {
        return value;
    }

    public ArrayNode arrayTree(@Param("value") ArrayNode value) {
        return value;
    }
}

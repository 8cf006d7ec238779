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

/** A method for each type of values, which returns its argument; {@link TypeTable} has the values. */
public interface TypesApi {
    boolean flag(@Param("value") boolean value);

    Boolean flagBoxed(@Param("value") Boolean value);

    byte octet(@Param("value") byte value);

    short small(@Param("value") short value);

    int whole(@Param("value") int value);

    Integer wholeBoxed(@Param("value") Integer value);

    long large(@Param("value") long value);

    float single(@Param("value") float value);

    double real(@Param("value") double value);

    char letter(@Param("value") char value);

    String text(@Param("value") String value);

    CharSequence chars(@Param("value") CharSequence value);

    StringBuilder builder(@Param("value") StringBuilder value);

    BigInteger bigInteger(@Param("value") BigInteger value);

    BigDecimal bigDecimal(@Param("value") BigDecimal value);

    AtomicBoolean atomicFlag(@Param("value") AtomicBoolean value);

    AtomicInteger atomicInt(@Param("value") AtomicInteger value);

    AtomicLong atomicLong(@Param("value") AtomicLong value);

    AtomicReference<String> atomicReference(@Param("value") AtomicReference<String> value);

    UUID uuid(@Param("value") UUID value);

    URI uri(@Param("value") URI value);

    URL url(@Param("value") URL value);

    Currency currency(@Param("value") Currency value);

    Locale locale(@Param("value") Locale value);

    Charset charset(@Param("value") Charset value);

    Pattern pattern(@Param("value") Pattern value);

    File file(@Param("value") File value);

    Path path(@Param("value") Path value);

    InetAddress inetAddress(@Param("value") InetAddress value);

    InetSocketAddress inetSocketAddress(@Param("value") InetSocketAddress value);

    TimeZone timeZone(@Param("value") TimeZone value);

    State state(@Param("value") State value);

    Optional<String> optional(@Param("value") Optional<String> value);

    OptionalInt optionalInt(@Param("value") OptionalInt value);

    OptionalLong optionalLong(@Param("value") OptionalLong value);

    OptionalDouble optionalDouble(@Param("value") OptionalDouble value);

    Instant instant(@Param("value") Instant value);

    LocalDate localDate(@Param("value") LocalDate value);

    LocalTime localTime(@Param("value") LocalTime value);

    LocalDateTime localDateTime(@Param("value") LocalDateTime value);

    OffsetTime offsetTime(@Param("value") OffsetTime value);

    OffsetDateTime offsetDateTime(@Param("value") OffsetDateTime value);

    ZonedDateTime zonedDateTime(@Param("value") ZonedDateTime value);

    Date date(@Param("value") Date value);

    Calendar calendar(@Param("value") Calendar value);

    Year year(@Param("value") Year value);

    YearMonth yearMonth(@Param("value") YearMonth value);

    MonthDay monthDay(@Param("value") MonthDay value);

    Month month(@Param("value") Month value);

    DayOfWeek dayOfWeek(@Param("value") DayOfWeek value);

    Duration duration(@Param("value") Duration value);

    Period period(@Param("value") Period value);

    ZoneId zoneId(@Param("value") ZoneId value);

    ZoneOffset zoneOffset(@Param("value") ZoneOffset value);

    byte[] bytes(@Param("value") byte[] value);

    ByteBuffer byteBuffer(@Param("value") ByteBuffer value);

    char[] charArray(@Param("value") char[] value);

    short[] shorts(@Param("value") short[] value);

    int[] ints(@Param("value") int[] value);

    long[] longs(@Param("value") long[] value);

    float[] floats(@Param("value") float[] value);

    double[] doubles(@Param("value") double[] value);

    boolean[] flags(@Param("value") boolean[] value);

    String[] texts(@Param("value") String[] value);

    int[][] matrix(@Param("value") int[][] value);

    UUID[] uuids(@Param("value") UUID[] value);

    Object[] objects(@Param("value") Object[] value);

    List<String> list(@Param("value") List<String> value);

    Collection<Long> collection(@Param("value") Collection<Long> value);

    Iterable<Integer> iterable(@Param("value") Iterable<Integer> value);

    LinkedList<UUID> linkedList(@Param("value") LinkedList<UUID> value);

    Deque<Instant> deque(@Param("value") Deque<Instant> value);

    Set<State> set(@Param("value") Set<State> value);

    SortedSet<String> sortedSet(@Param("value") SortedSet<String> value);

    EnumSet<State> enumSet(@Param("value") EnumSet<State> value);

    Map<String, UUID> map(@Param("value") Map<String, UUID> value);

    Map<Integer, String> mapByInt(@Param("value") Map<Integer, String> value);

    Map<UUID, Long> mapByUuid(@Param("value") Map<UUID, Long> value);

    Map<LocalDate, BigDecimal> mapByDate(@Param("value") Map<LocalDate, BigDecimal> value);

    SortedMap<State, List<Duration>> sortedMap(@Param("value") SortedMap<State, List<Duration>> value);

    EnumMap<State, OffsetDateTime> enumMap(@Param("value") EnumMap<State, OffsetDateTime> value);

    Map.Entry<String, Instant> entry(@Param("value") Map.Entry<String, Instant> value);

    Person person(@Param("value") Person value);

    Pair<UUID, List<OffsetDateTime>> pair(@Param("value") Pair<UUID, List<OffsetDateTime>> value);

    Address bean(@Param("value") Address value);

    Shape shape(@Param("value") Shape value);

    List<Shape> shapes(@Param("value") List<Shape> value);

    Map<String, Shape> shapesByName(@Param("value") Map<String, Shape> value);

    Optional<List<Shape>> optionalShapes(@Param("value") Optional<List<Shape>> value);

    Shape[] shapeArray(@Param("value") Shape[] value);

    Pair<Shape, Set<Shape>> shapePair(@Param("value") Pair<Shape, Set<Shape>> value);

    Object any(@Param("value") Object value);

    JsonNode tree(@Param("value") JsonNode value);

    ObjectNode objectTree(@Param("value") ObjectNode value);

    ArrayNode arrayTree(@Param("value") ArrayNode value);
}

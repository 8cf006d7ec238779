package dev.parley.spi;

import dev.parley.Limits;
import dev.parley.PeerProfile;
import dev.parley.spi.format.IsolatedJsonFactory;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Creates the mappers of all wires with the same strictness, limits and custom modules. Thread-safe.
 *
 * <p>A float without a fraction is accepted for a whole number (Node sends one beyond 32 bits), but a fraction is never
 * dropped; text is not converted to numbers or the reverse; {@code null} is refused for a primitive; unknown members of
 * an object are ignored; class names on the wire have no meaning. A {@link PeerProfile} relaxes this for a kind of peer.
 * A decimal that is read without a type is a {@code Double}, or a {@code BigDecimal} if a double does not hold its
 * digits. Dates and times keep the offset that was sent.
 */
public final class ValueMapping {
    private final Limits limits;
    private final List<Consumer<MapperBuilder<?, ?>>> customizers;
    private final PeerProfile peer;
    private final JsonMapper json;

    /**
     * A mapping.
     *
     * @param limits what readers refuse
     * @param customizers applied to every wire's builder, after Parley's own settings
     */
    public ValueMapping(Limits limits, List<Consumer<MapperBuilder<?, ?>>> customizers) {
        this(limits, customizers, PeerProfile.STRICT);
    }

    /**
     * A mapping that forgives what a kind of peer writes.
     *
     * @param limits what readers refuse
     * @param customizers applied to every wire's builder, after Parley's own settings
     * @param peer the conversions that reading makes
     */
    public ValueMapping(Limits limits, List<Consumer<MapperBuilder<?, ?>>> customizers, PeerProfile peer) {
        this.limits = limits;
        this.customizers = List.copyOf(customizers);
        this.peer = peer;
        this.json = mapper(JsonMapper.builder(new IsolatedJsonFactory(JsonFactory.builder()
                .streamReadConstraints(readConstraints())
                .streamWriteConstraints(writeConstraints())
                .recyclerPool(JsonRecyclerPools.newConcurrentDequePool()))));
    }

    /** The limits. */
    public Limits limits() {
        return limits;
    }

    /** The conversions that reading makes, for a wire that has some of its own. */
    public PeerProfile peer() {
        return peer;
    }

    /**
     * This mapping with the profile that the option {@code peer} of an address names; this one if there is no such
     * option.
     *
     * @throws dev.parley.InvalidTargetException if the value is not the name of a profile
     */
    public ValueMapping forPeer(AddressOptions options) {
        PeerProfile named = options.choice("peer", peer, PeerProfile.class);
        return named == peer ? this : new ValueMapping(limits, customizers, named);
    }

    /** The limits as Jackson's read constraints, for the builder of a wire's factory. */
    public StreamReadConstraints readConstraints() {
        return StreamReadConstraints.builder()
                .maxDocumentLength(limits.messageBytes())
                .maxNestingDepth(limits.depth())
                .maxStringLength(limits.stringLength())
                .maxNameLength(limits.nameLength())
                .maxNumberLength(limits.numberLength())
                .maxTokenCount(limits.elements())
                .build();
    }

    /** The nesting limit for writers, so that a cyclic value is an error rather than a stack overflow. */
    public StreamWriteConstraints writeConstraints() {
        return StreamWriteConstraints.builder().maxNestingDepth(limits.depth()).build();
    }

    /** The JSON mapper, the same object each time. */
    public JsonMapper json() {
        return json;
    }

    /** Configures and builds a mapper whose factory has {@link #readConstraints()}. */
    public <M extends ObjectMapper, B extends MapperBuilder<M, B>> M mapper(MapperBuilder<M, B> builder) {
        builder.addModule(StrictNumbers.module())
                .addModule(PeerValues.module(peer))
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                // A date keeps the offset that was sent.
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        customizers.forEach(customizer -> customizer.accept(builder));
        return builder.build();
    }
}

package dev.parley;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a kind of peer writes in place of the value that its own documentation announces, and how it is read into a
 * Java type. Chosen by {@link RpcClient.Builder#peer} or the option {@code peer} of an address, such as
 * {@code peer=odoo}, in any case.
 *
 * <p>A profile only adds conversions that would otherwise be errors: what is valid without it means the same with it.
 * Values read as {@code Object}, {@code boolean} or a tree keep what the peer wrote, except for {@link Rule#DECIMAL}.
 * Immutable.
 */
public enum PeerProfile {
    /** No conversions. The default. */
    STRICT,
    /** Odoo and OpenERP: {@code false} stands for an absent text, number, date, list or object. */
    ODOO(Rule.FALSE_AS_NULL),
    /** Programs in PHP: numbers and flags as text and the reverse, {@code []} for an empty object, empty text for null. */
    PHP(
            Rule.NUMBER_IN_TEXT,
            Rule.TEXT_FROM_NUMBER,
            Rule.EMPTY_ARRAY_AS_OBJECT,
            Rule.EMPTY_TEXT_AS_NULL,
            Rule.FALSE_AS_NULL),
    /** WordPress by XML-RPC: as {@link #PHP}, and its zero dates are null. */
    WORDPRESS(
            Rule.NUMBER_IN_TEXT,
            Rule.TEXT_FROM_NUMBER,
            Rule.EMPTY_ARRAY_AS_OBJECT,
            Rule.EMPTY_TEXT_AS_NULL,
            Rule.FALSE_AS_NULL),
    /** The Zabbix API: every number and flag is text, and an empty object is {@code []}. */
    ZABBIX(Rule.NUMBER_IN_TEXT, Rule.EMPTY_ARRAY_AS_OBJECT, Rule.EMPTY_TEXT_AS_NULL),
    /** Bitcoin Core and its relatives: every decimal that is read without a type is a {@code BigDecimal}. */
    BITCOIN(Rule.DECIMAL),
    /** All conversions, for a peer of which nothing is known. */
    LENIENT(Rule.values());

    /** One conversion. */
    public enum Rule {
        /** {@code false} is null where neither a boolean nor any value is expected. */
        FALSE_AS_NULL("false as null"),
        /** Text is read as the number in it, and as a boolean if it is {@code 0}, {@code 1}, true or false. */
        NUMBER_IN_TEXT("numbers and flags sent as text"),
        /** A number is its digits where text is expected, and as a boolean if it is 0 or 1. */
        TEXT_FROM_NUMBER("numbers sent for text or a flag"),
        /** An empty array is an empty object where an object, a record or a map is expected. */
        EMPTY_ARRAY_AS_OBJECT("an empty array as an empty object"),
        /** Empty text is null where a number, a boolean, a time, a list or an object is expected. */
        EMPTY_TEXT_AS_NULL("empty text as null"),
        /** A decimal without a type is a {@code BigDecimal}, also where a {@code Double} would hold its digits. */
        DECIMAL("decimals without a type as BigDecimal");

        private final String words;

        Rule(String words) {
            this.words = words;
        }

        /** What the rule reads, for people, such as {@code false as null}. */
        public String words() {
            return words;
        }
    }

    private final Set<Rule> rules;

    PeerProfile(Rule... rules) {
        Set<Rule> all = EnumSet.noneOf(Rule.class);
        for (Rule rule : rules) {
            all.add(rule);
        }
        this.rules = Set.copyOf(all);
    }

    /** Whether it has a conversion. */
    public boolean has(Rule rule) {
        return rules.contains(rule);
    }

    /** Its conversions; empty for {@link #STRICT}. Immutable. */
    public Set<Rule> rules() {
        return rules;
    }
}

package dev.parley.spi;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.util.JsonParserDelegate;

/**
 * A parser whose decimals are {@code BigDecimal} where a {@code double} does not hold their digits, so that an amount
 * read without a type is the amount that was sent. Not thread-safe.
 */
final class ExactDecimals extends JsonParserDelegate {
    /** As many significant digits always survive a double, unless there is an exponent. */
    private static final int SAFE_LENGTH = 15;

    private final boolean always;

    /**
     * A parser over another one.
     *
     * @param always whether every decimal is a {@code BigDecimal}
     */
    ExactDecimals(JsonParser parser, boolean always) {
        super(parser);
        this.always = always;
    }

    @Override
    public NumberType getNumberType() {
        NumberType type = delegate.getNumberType();
        return type == NumberType.DOUBLE && needsDecimal() ? NumberType.BIG_DECIMAL : type;
    }

    @Override
    public NumberTypeFP getNumberTypeFP() {
        NumberTypeFP type = delegate.getNumberTypeFP();
        // Text does not tell its type.
        return type == NumberTypeFP.UNKNOWN && needsDecimal() ? NumberTypeFP.BIG_DECIMAL : type;
    }

    @Override
    public Number getNumberValue() {
        return delegate.getNumberType() == NumberType.DOUBLE && needsDecimal()
                ? delegate.getDecimalValue()
                : delegate.getNumberValue();
    }

    private boolean needsDecimal() {
        if (delegate.currentToken() != JsonToken.VALUE_NUMBER_FLOAT || delegate.isNaN()) {
            return false;
        }
        return always || losesDigits(delegate.getString());
    }

    private static boolean losesDigits(@Nullable String text) {
        if (text == null || (text.length() <= SAFE_LENGTH && text.indexOf('e') < 0 && text.indexOf('E') < 0)) {
            return false;
        }
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) {
            return true;
        }
        BigDecimal sent = new BigDecimal(text);
        // A double holds digits if they come back when it is rounded to as many.
        return new BigDecimal(value).round(new MathContext(sent.precision())).compareTo(sent) != 0;
    }
}

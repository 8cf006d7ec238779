package dev.parley.xmlrpc.format;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.SimpleStreamReadContext;

/**
 * XML-RPC values as Jackson tokens, straight from the scanner.
 *
 * <p>Not thread-safe.
 */
public final class XmlRpcParser extends ScalarParser {
    /** What of a document the parser presents. It starts on the opening tag that is named. */
    public enum Scope {
        /** A document that is one {@code <value>}. */
        VALUE,
        /** {@code <params>} as an array of all its values. */
        PARAMS,
        /** The first {@code <param>} as a value; the scanner then stands on the tag after its end. */
        PARAM,
        /** The value of {@code <fault>}. */
        FAULT,
        /** An empty array, for a call without {@code <params>}; the scanner is at the end of the document. */
        NOTHING
    }

    private final XmlScanner xml;
    private final Scope scope;
    private SimpleStreamReadContext context;

    /** Whether a value has just ended, so that the end of its member or param is due. */
    private boolean valueEnded;

    private boolean named;
    private boolean arrayClosed;
    private boolean ended;

    XmlRpcParser(ObjectReadContext readContext, IOContext io, int features, XmlScanner xml, Scope scope) {
        super(readContext, io, features);
        this.xml = xml;
        this.scope = scope;
        this.context = SimpleStreamReadContext.createRootContext(null);
    }

    // --- tokens

    @Override
    public @Nullable JsonToken nextToken() {
        JsonToken token = advance();
        return token == null ? _updateTokenToNull() : _updateToken(token);
    }

    private @Nullable JsonToken advance() {
        if (ended) {
            return null;
        }
        if (context.inRoot()) {
            return root();
        }
        if (context.inObject()) {
            return inStruct();
        }
        if (scope == Scope.NOTHING) {
            return endParams();
        }
        return scope == Scope.PARAMS && context.getNestingDepth() == 1 ? inParams() : inArray();
    }

    private @Nullable JsonToken root() {
        if (valueEnded) {
            ended = true;
            return null;
        }
        return switch (scope) {
            case VALUE -> value();
            case PARAMS, NOTHING -> {
                push(false);
                yield JsonToken.START_ARRAY;
            }
            case PARAM, FAULT -> {
                due("value");
                yield value();
            }
        };
    }

    private JsonToken inStruct() {
        if (named) {
            named = false;
            due("value");
            return value();
        }
        xml.next();
        if (valueEnded) {
            mustClose("member");
            xml.next();
        }
        if (xml.closes("struct")) {
            return closeValue(JsonToken.END_OBJECT);
        }
        mustOpen("member");
        due("name");
        String name = xml.text();
        streamReadConstraints().validateNameLength(name.length());
        mustClose("name");
        context.setCurrentName(name);
        named = true;
        valueEnded = false;
        return JsonToken.PROPERTY_NAME;
    }

    private JsonToken inArray() {
        if (arrayClosed) {
            arrayClosed = false;
            return closeValue(JsonToken.END_ARRAY);
        }
        xml.next();
        if (xml.closes("data")) {
            xml.next();
        }
        if (xml.closes("array")) {
            return closeValue(JsonToken.END_ARRAY);
        }
        mustOpen("value");
        return value();
    }

    private JsonToken inParams() {
        xml.next();
        if (valueEnded) {
            mustClose("param");
            xml.next();
        }
        if (xml.closes("params")) {
            endDocument();
            return endParams();
        }
        mustOpen("param");
        due("value");
        return value();
    }

    private JsonToken endParams() {
        context = context.clearAndGetParent();
        valueEnded = true;
        return JsonToken.END_ARRAY;
    }

    /** Reads the value on whose start tag the scanner stands. */
    private JsonToken value() {
        context.valueRead();
        String plain = xml.text();
        if (xml.closes("value")) {
            return scalar(JsonToken.VALUE_STRING, plain);
        }
        if (!plain.isBlank()) {
            throw xml.refuse("text " + Scalars.quote(plain.strip()) + " beside <" + xml.tag() + "> in one <value>");
        }
        String type = xml.tag();
        return switch (type) {
            case "struct" -> {
                push(true);
                yield JsonToken.START_OBJECT;
            }
            case "array" -> {
                openArray();
                yield JsonToken.START_ARRAY;
            }
            default -> typed(type);
        };
    }

    private void openArray() {
        push(false);
        xml.next();
        if (xml.closes("array")) {
            arrayClosed = true; // <array/>, without <data>
        } else {
            mustOpen("data");
        }
    }

    private JsonToken typed(String type) {
        String content = xml.text();
        if (xml.opening()) {
            throw xml.refuse("<" + xml.tag() + "> inside <" + type + ">");
        }
        JsonToken token;
        try {
            token = convert(type, content);
        } catch (IllegalArgumentException e) {
            throw xml.refuse("a wrong <" + type + ">: " + e.getMessage());
        }
        xml.next();
        mustClose("value");
        return scalar(token, content);
    }

    private JsonToken scalar(JsonToken token, String content) {
        text = content;
        ended();
        return token;
    }

    private void push(boolean struct) {
        context = struct ? context.createChildObjectContext(-1, -1) : context.createChildArrayContext(-1, -1);
        streamReadConstraints().validateNestingDepth(context.getNestingDepth());
        valueEnded = false;
    }

    private JsonToken closeValue(JsonToken token) {
        xml.next();
        mustClose("value");
        context = context.clearAndGetParent();
        ended();
        return token;
    }

    /** A value is complete. If it was the last thing presented, so must be the document. */
    private void ended() {
        valueEnded = true;
        if (!context.inRoot()) {
            return;
        }
        switch (scope) {
            case VALUE -> xml.finish();
            case FAULT -> {
                xml.next();
                mustClose("fault");
                endDocument();
            }
            case PARAM -> {
                xml.next();
                mustClose("param");
                xml.next();
                if (xml.closes("params")) {
                    endDocument();
                }
            }
            case PARAMS, NOTHING -> {}
        }
    }

    private void endDocument() {
        xml.next();
        if (xml.opening()) {
            throw xml.refuse("<" + xml.tag() + "> where the end of the message is due");
        }
        xml.finish();
    }

    private void due(String name) {
        xml.next();
        mustOpen(name);
    }

    private void mustOpen(String name) {
        if (!xml.opens(name)) {
            throw xml.refuse(found() + " where <" + name + "> is due");
        }
    }

    private void mustClose(String name) {
        if (!xml.closes(name)) {
            throw xml.refuse(found() + " where </" + name + "> is due");
        }
    }

    private String found() {
        return (xml.opening() ? "<" : "</") + xml.tag() + ">";
    }

    // --- the current token

    @Override
    public TokenStreamContext streamReadContext() {
        return context;
    }

    @Override
    public @Nullable String currentName() {
        if (_currToken == JsonToken.START_OBJECT || _currToken == JsonToken.START_ARRAY) {
            SimpleStreamReadContext parent = context.getParent();
            return parent == null ? null : parent.currentName();
        }
        return context.currentName();
    }

    @Override
    public @Nullable Object currentValue() {
        return context.currentValue();
    }

    @Override
    public void assignCurrentValue(@Nullable Object value) {
        context.assignCurrentValue(value);
    }

    @Override
    public TokenStreamLocation currentTokenLocation() {
        return xml.tagLocation();
    }

    @Override
    public TokenStreamLocation currentLocation() {
        return xml.location();
    }
}

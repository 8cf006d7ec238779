package dev.parley.jsonrpc.openrpc;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JavaType;

/**
 * The schema of a type that others refer to. A reference is the object itself until all names are known. Confined to
 * one document.
 */
final class Component {
    /** The direction of a value: a type may be read in another form than it is written. */
    enum Use {
        /** The mapper reads it: a parameter. */
        READ,
        /** The mapper writes it: a result. */
        WRITE
    }

    /** What identifies a component. */
    record Key(JavaType type, Use use) {
        Key other() {
            return new Key(type, use == Use.READ ? Use.WRITE : Use.READ);
        }
    }

    private final Key key;
    private final Map<String, Object> schema = new LinkedHashMap<>();

    Component(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    /** Its schema, which is filled after the component has been referred to. */
    Map<String, Object> schema() {
        return schema;
    }

    /** A schema that refers to it. */
    Map<String, Object> reference() {
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("$ref", this);
        return reference;
    }
}

package dev.parley.zerorpc.msgpack;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdScalarSerializer;

/** Writes an extension as such, not as a record. Thread-safe. */
final class ExtensionSerializer extends StdScalarSerializer<MsgpackExtension> {
    ExtensionSerializer() {
        super(MsgpackExtension.class);
    }

    @Override
    public void serialize(MsgpackExtension value, JsonGenerator generator, SerializationContext context) {
        generator.writeEmbeddedObject(value);
    }
}

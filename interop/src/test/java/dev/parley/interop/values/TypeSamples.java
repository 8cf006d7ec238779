package dev.parley.interop.values;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Types of a user's own. */
final class TypeSamples {
    private TypeSamples() {}

    /** An enum. */
    public enum State {
        /** The first. */
        NEW,
        /** The second. */
        DONE
    }

    /** A record of records. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Person(UUID id, String name, Instant born, byte[] picture, List<Person> friends) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Person person
                    && id.equals(person.id)
                    && name.equals(person.name)
                    && born.equals(person.born)
                    && java.util.Arrays.equals(picture, person.picture)
                    && friends.equals(person.friends);
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    /** A record with type parameters. */
    public record Pair<A, B>(A first, B second) {}

    /** A bean. */
    public static final class Address {
        private String city = "";
        private int zip;

        /** The city. */
        public String getCity() {
            return city;
        }

        /** Sets the city. */
        public void setCity(String city) {
            this.city = city;
        }

        /** The postal code. */
        public int getZip() {
            return zip;
        }

        /** Sets the postal code. */
        public void setZip(int zip) {
            this.zip = zip;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Address address && city.equals(address.city) && zip == address.zip;
        }

        @Override
        public int hashCode() {
            return zip;
        }
    }

    /** A sealed type, told apart by a member. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    public sealed interface Shape {}

    /** A shape. */
    @JsonTypeName("circle")
    public record Circle(double radius) implements Shape {}

    /** Another shape. */
    @JsonTypeName("square")
    public record Square(long side, UUID id) implements Shape {}
}

package dev.parley.systemlogger;

import java.text.MessageFormat;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** The texts of records, by the rules of {@link System.Logger}. */
final class Messages {
    private Messages() {}

    /** The text of this key in the bundle, or the key itself. */
    static String localized(@Nullable ResourceBundle bundle, @Nullable String key) {
        if (key == null) {
            return "";
        }
        if (bundle == null) {
            return key;
        }
        try {
            return bundle.getString(key);
        } catch (MissingResourceException | ClassCastException e) {
            return key;
        }
    }

    /** The text with its arguments; as it is if there are none, or if it is no format. */
    static String format(
            @Nullable ResourceBundle bundle, @Nullable String key, @Nullable Object @Nullable [] arguments) {
        String format = localized(bundle, key);
        if (arguments == null || arguments.length == 0) {
            return format;
        }
        try {
            return MessageFormat.format(format, arguments);
        } catch (IllegalArgumentException e) {
            return format;
        }
    }
}

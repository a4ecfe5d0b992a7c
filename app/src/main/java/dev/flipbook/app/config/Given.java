package dev.flipbook.app.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** Values of settings as far as they are given, by a file or a command line. Immutable. */
record Given(Map<Setting<?>, Object> values) {

    static final Given NONE = new Given(Map.of());

    Given {
        values = Map.copyOf(values);
    }

    boolean has(Setting<?> setting) {
        return values.containsKey(setting);
    }

    /** The value that was given, or the setting's usual one. */
    @SuppressWarnings("unchecked") // with() puts in no other type
    <T> T get(Setting<T> setting) {
        return (T) values.getOrDefault(setting, setting.usual());
    }

    <T> Given with(Setting<T> setting, T value) {
        Map<Setting<?>, Object> more = new LinkedHashMap<>(values);
        more.put(setting, value);
        return new Given(more);
    }

    /** These values, and of one setting the value that it has there. */
    <T> Given copying(Setting<T> setting, Given there) {
        return with(setting, there.get(setting));
    }

    Given without(Setting<?> setting) {
        Map<Setting<?>, Object> fewer = new LinkedHashMap<>(values);
        fewer.remove(setting);
        return new Given(fewer);
    }

    /** These values, and of the settings that have none here, those of another. */
    Given over(Given below) {
        Map<Setting<?>, Object> both = new LinkedHashMap<>(below.values);
        both.putAll(values);
        return new Given(both);
    }
}

package dev.flipbook.app.config;

import dev.flipbook.app.config.Settings.Given;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes configurations in the form in which they are read. */
final class ConfigWriter {

    private ConfigWriter() {}

    /** The configuration as a file, with all defaults filled in and secrets as {@code ***}. */
    static String yaml(Configuration configuration) {
        Map<String, Object> root = new LinkedHashMap<>();
        ServerSettings server = configuration.server();
        add(root, Settings.SERVER, server.given().with(Settings.LISTEN, server.listen()));
        Map<String, Object> defaults = new LinkedHashMap<>();
        add(defaults, Settings.FEED, server.defaults());
        root.put(ConfigReader.DEFAULTS, defaults);
        Map<String, Object> api = new LinkedHashMap<>();
        add(api, Settings.API, server.given());
        root.put(ConfigReader.API, api);
        Map<String, Object> feeds = new LinkedHashMap<>();
        configuration.feeds().forEach((name, feed) -> feeds.put(name, feed(feed)));
        root.put(ConfigReader.FEEDS, feeds);
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setWidth(1000)
                .setDereferenceAliases(true) // values that are the same object are written each
                .build();
        return new Dump(settings).dumpToString(root);
    }

    private static Map<String, Object> feed(FeedSettings feed) {
        Map<String, Object> map = new LinkedHashMap<>();
        switch (feed.origin()) {
            case FeedOrigin.Publish() -> map.put(Walk.SOURCE, FeedOrigin.PUBLISH);
            case FeedOrigin.Address(Secret source) -> map.put(Walk.SOURCE, source.toString());
            case FeedOrigin.Exec exec -> {
                map.put(Walk.EXEC, exec.shown());
                if (!exec.environment().isEmpty()) {
                    Map<String, Object> variables = new LinkedHashMap<>();
                    exec.environment().keySet().stream().sorted().forEach(name -> variables.put(name, Secret.HIDDEN));
                    map.put(Walk.ENVIRONMENT, variables);
                }
            }
        }
        add(map, Settings.FEED, feed.given());
        return map;
    }

    /** Adds the values of all settings of a table, whether they are given or usual. */
    static void add(Map<String, Object> map, List<Setting<?>> table, Given given) {
        table.forEach(setting -> add(map, setting, given));
    }

    private static <T> void add(Map<String, Object> map, Setting<T> setting, Given given) {
        setting.form().writer().apply(given.get(setting)).ifPresent(value -> map.put(setting.key(), value));
    }
}

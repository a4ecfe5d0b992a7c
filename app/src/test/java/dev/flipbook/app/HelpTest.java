package dev.flipbook.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.SourceOptions;
import dev.flipbook.app.bench.BenchCommand;
import dev.flipbook.app.publish.PublishCommand;
import dev.flipbook.server.ServerOptions;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.junit.jupiter.api.Test;

/** The help is written by hand; these hold it to what the program takes. */
class HelpTest {

    private static final Pattern OPTION = Pattern.compile("(?m)^  (?:-\\w, |    )--\\S+");

    @Test
    void helpListsTheOptionsInOrder() {
        assertListed(ServeCommand.help(), ServeCommand.options());
        assertListed(BenchCommand.help(), BenchCommand.options());
        assertListed(PublishCommand.help(), PublishCommand.options());
        assertListed(CheckCommand.help(), CheckCommand.options());
    }

    private static void assertListed(String help, Options options) {
        List<String> listed = OPTION.matcher(help)
                .results()
                .map(found -> found.group().strip())
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(
                        options.getOptions().stream().map(HelpTest::form).toList());
    }

    private static String form(Option option) {
        return (option.getOpt() == null ? "" : "-" + option.getOpt() + ", ") + "--" + option.getLongOpt()
                + (option.hasArg() ? "=" + option.getArgName() : "");
    }

    @Test
    void helpNamesTheDefaults() {
        assertThat(ServeCommand.help())
                .contains("Default: " + ServerOptions.DEFAULT.port() + ".")
                .contains("Default: " + ServerOptions.DEFAULT.host() + ", ")
                .contains("Default: " + SourceOptions.DEFAULT.quality() + ".");
    }

    @Test
    void helpFitsATerminal() {
        for (String help :
                List.of(ServeCommand.help(), BenchCommand.help(), PublishCommand.help(), CheckCommand.help())) {
            assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
    }
}

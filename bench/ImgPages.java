import dev.flipbook.server.Flipbook;
import dev.flipbook.server.generate.StreamedResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ten feeds {@code f0} to {@code f9} that are open to publishers, and the pages of a folder, {@code ImgPages FOLDER}: {@code
 * still.html} there is {@code /bench-still} here. Prints the port, then what the pages report to {@code /bench-report?data=}, a
 * line each.
 */
final class ImgPages {

    private ImgPages() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Flipbook flipbook = Flipbook.start(0);
        for (int i = 0; i < 10; i++) {
            flipbook.feeds().open("f" + i);
        }
        for (Path file : files(Path.of(arguments[0]))) {
            String page = Files.readString(file);
            String name = file.getFileName().toString().replace(".html", "");
            flipbook.page("/bench-" + name, StreamedResponse.html(out -> out.write(page)));
        }
        flipbook.page("/bench-report", StreamedResponse.text("text/plain", out -> {
            System.out.println(out.request().query("data").orElse(""));
            out.write("ok\n");
        }));
        System.out.println(flipbook.port());
        Thread.currentThread().join();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".html")).toList();
        }
    }
}

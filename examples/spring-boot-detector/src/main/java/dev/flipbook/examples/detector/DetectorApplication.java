package dev.flipbook.examples.detector;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Shows a video, and a second feed with boxes around what moves in it. */
@SpringBootApplication
public class DetectorApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(DetectorApplication.class, arguments);
    }
}

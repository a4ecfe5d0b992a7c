// Publishes what a program draws, as plain pixels, by a socket and nothing else.

// region program
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <vector>

int main(int, char** words) {
    sockaddr_in there{AF_INET, htons(std::atoi(words[1])), {htonl(INADDR_LOOPBACK)}, {}}; // 127.0.0.1, port 8080
    int flipbook = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(flipbook, reinterpret_cast<sockaddr*>(&there), sizeof there) != 0) return 1;
    dprintf(flipbook, "POST /feeds/robot?format=grey8&size=320x240 HTTP/1.1\r\n"
                      "Host: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::vector<unsigned char> picture(320 * 240);
    for (int number = 0;; number++) {
        for (size_t i = 0; i < picture.size(); i++) picture[i] = i % 320 + number;
        dprintf(flipbook, "%zx\r\n", picture.size());
        if (write(flipbook, picture.data(), picture.size()) < 0) return 1;
        dprintf(flipbook, "\r\n");
        usleep(40000);
    }
}
// endregion

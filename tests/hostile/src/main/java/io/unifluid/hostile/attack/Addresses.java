package io.unifluid.hostile.attack;

import io.unifluid.testkit.Requests;
import java.util.List;
import java.util.stream.Stream;

/** Addresses of pictures that are none, or that a worker must not touch. */
final class Addresses implements Attack {
    private static final List<String> ALL = List.of(
            "",
            " ",
            "file:///etc/passwd",
            "file:///proc/self/environ",
            "file:///dev/zero",
            "file:///dev/random",
            "file://host/share/picture.png",
            "file:relative.png",
            "file:///tmp/../etc/shadow",
            "http://127.0.0.1:1/a.png",
            "http://localhost/a.png",
            "http://[::1]/a.png",
            "http://0x7f000001/a.png",
            "http://2130706433/a.png",
            "http://169.254.169.254/latest/meta-data",
            "http://user:password@127.0.0.1/a.png",
            "https://127.0.0.1/a.png",
            "ftp://127.0.0.1/a.png",
            "gopher://127.0.0.1/a",
            "jar:file:///x.jar!/a.png",
            "data:image/png;base64,AAAA",
            "javascript:alert(1)",
            "s3://",
            "s3://somebody-elses-bucket/a.png",
            "s3://bucket/../../a.png",
            "blob:sha256/",
            "blob:sha256/../../../etc/passwd",
            "blob:sha256/" + "0".repeat(64),
            "blob:sha256/" + "Z".repeat(64),
            "blob:md5/" + "0".repeat(32),
            "http://127.0.0.1/a.png\r\nHost: evil",
            "\u0000",
            "::::",
            "http://" + "a".repeat(70_000));

    @Override
    public Stream<Shot> round(Arsenal arsenal) {
        return ALL.stream()
                .map(address -> arsenal.shot(
                        "address of no picture",
                        arsenal.caption(arsenal.id())
                                .setImage(Requests.at(address))
                                .build()));
    }
}

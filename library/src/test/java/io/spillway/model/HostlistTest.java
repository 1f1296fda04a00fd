package io.spillway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostlistTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vn[01-04,07]|vn01 vn02 vn03 vn04 vn07|vn[01-04,07]",
                "vn01,vn02,vn04|vn01 vn02 vn04|vn[01-02,04]",
                "vn[8-11]|vn8 vn9 vn10 vn11|vn[8-11]",
                "vn[008-011]|vn008 vn009 vn010 vn011|vn[008-011]",
                "vn2,vn10,vn1|vn1 vn2 vn10|vn[1-2,10]",
                "gpu3, vn1|gpu3 vn1|gpu3,vn1",
                "vn[1-2]-ib|vn1-ib vn2-ib|vn[1-2]-ib",
                "r[1-2]n[1-2]|r1n1 r1n2 r2n1 r2n2|r1n[1-2],r2n[1-2]",
                "login|login|login",
                "vn1,vn01|vn01 vn1|vn[01,1]",
                "vn[1-1]|vn1|vn1",
                "vn1,vn1|vn1|vn1",
            })
    void readsAndFolds(String text, String names, String folded) {
        Hostlist list = Hostlist.parse(text);
        assertThat(list.stream().map(NodeName::value)).containsExactly(names.split(" "));
        assertThat(list).hasToString(folded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vn[1-2",
                "vn1-2]",
                "vn[[1]]",
                "vn[2-1]",
                "vn[]",
                "vn[a]",
                "vn1,,vn2",
                "vn1,",
                "vn[1-99999999]",
                "vn[1-300]x[1-300]",
                "vn\n01",
                "vn01\n",
                "vn'01",
                "vn\"01",
                "vn 01",
                "-vn",
                "vn[1-9999999999]",
                "../x"
            })
    void refusesInOneLine(String text) {
        assertThatThrownBy(() -> Hostlist.parse(text))
                .isInstanceOf(BadInputException.class)
                .message()
                .doesNotContain("\n")
                .isNotBlank();
    }

    @Test
    void emptyTextIsEmptyList() {
        assertThat(Hostlist.parse(" ")).isEqualTo(Hostlist.empty());
    }

    @Test
    void differenceAndMembership() {
        Hostlist list = Hostlist.parse("vn[1-4]");
        assertThat(list.without(Hostlist.parse("vn[2-3]"))).hasToString("vn[1,4]");
        assertThat(list.contains(NodeName.of("vn4"))).isTrue();
        assertThat(list.contains(NodeName.of("vn04"))).isFalse();
    }

    @Property
    void foldedReadsBack(@ForAll("names") List<NodeName> names) {
        Hostlist list = Hostlist.of(names);
        assertThat(Hostlist.parse(list.toString())).isEqualTo(list);
    }

    @Provide
    Arbitrary<List<NodeName>> names() {
        Arbitrary<String> head = Arbitraries.of("vn", "gpu-", "r1n", "x", "9a");
        Arbitrary<String> digits =
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(3);
        Arbitrary<String> large = Arbitraries.strings().numeric().ofMinLength(8).ofMaxLength(20);
        Arbitrary<String> tail = Arbitraries.of("", "", "-ib", ".b2", "z");
        return Combinators.combine(head, Arbitraries.oneOf(digits, digits, digits, large), tail)
                .as((a, b, c) -> NodeName.of(a + b + c))
                .list()
                .ofMaxSize(40);
    }
}

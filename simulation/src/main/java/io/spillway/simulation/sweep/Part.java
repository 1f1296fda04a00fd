package io.spillway.simulation.sweep;

import io.spillway.simulation.whatif.Report;
import java.util.List;

/**
 * What became of one combination with one seed.
 *
 * @param number which part of the sweep it is, from 0
 * @param reports one for each policy; how long the simulation took does not stand in them
 */
public record Part(int number, List<Report> reports) {
    public Part {
        reports = List.copyOf(reports);
    }
}

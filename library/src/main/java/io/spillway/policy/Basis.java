package io.spillway.policy;

import io.spillway.model.Size;

/**
 * What a decision rests on beside the look at the site.
 *
 * @param history what happened before
 * @param costs what actions cost
 * @param classes how jobs are treated
 * @param reserve what of each host is never given to nodes
 * @param limits how much may be under way at once
 */
public record Basis(History history, CostModel costs, JobClasses classes, Size reserve, Limits limits) {
    /** No history, the measured costs, one class for all jobs, 512 MiB of each host kept free. */
    public static final Basis DEFAULT =
            new Basis(History.NONE, CostModel.DEFAULT, JobClasses.NONE, new Size(0, 512), Limits.DEFAULT);

    /**
     * The same with another history.
     *
     * @param other the history
     * @return the new basis
     */
    public Basis with(History other) {
        return new Basis(other, costs, classes, reserve, limits);
    }

    /**
     * The same with other costs.
     *
     * @param other the costs
     * @return the new basis
     */
    public Basis with(CostModel other) {
        return new Basis(history, other, classes, reserve, limits);
    }

    /**
     * The same with other classes.
     *
     * @param other the classes
     * @return the new basis
     */
    public Basis with(JobClasses other) {
        return new Basis(history, costs, other, reserve, limits);
    }

    /**
     * The same with another reserve.
     *
     * @param other what of each host is never given to nodes
     * @return the new basis
     */
    public Basis with(Size other) {
        return new Basis(history, costs, classes, other, limits);
    }

    /**
     * The same with other limits.
     *
     * @param other how much may be under way at once
     * @return the new basis
     */
    public Basis with(Limits other) {
        return new Basis(history, costs, classes, reserve, other);
    }
}

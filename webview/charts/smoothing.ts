/**
 * Exponential moving average without the pull of its start value, as TensorBoard's `smooth` slider gives it:
 * m_n = w m_(n-1) + (1 - w) y_n from m_0 = 0, shown as m_n / (1 - w^n). (Debiasing: Kingma and Ba, Adam, section 3.)
 * @param weight 0 (as measured) … 0.99
 * @returns null where there is no value; such places do not count
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let count = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    average = weight * average + (1 - weight) * value;
    count++;
    return average / (1 - weight ** count);
  });
}

/** What a title tells of a person's part: who neither decides, keeps accounts, buys nor knows the technical side has another. */
export function roleOf(
  title: string,
): 'Decision Maker' | 'Accounts Payable' | 'Buyer' | 'Technical' | 'Other' {
  if (/\b(owner|founder|ceo|chief executive|managing director|president)\b/i.test(title))
    return 'Decision Maker';
  if (/\b(account(ing|ant)|accounts payable|finance|cfo)\b/i.test(title)) return 'Accounts Payable';
  if (/\b(order|buyer|purchas\w*|procurement)\b/i.test(title)) return 'Buyer';
  return /\b(it|cto|technical|technician|engineer\w*|developer)\b/i.test(title) ? 'Technical' : 'Other';
}

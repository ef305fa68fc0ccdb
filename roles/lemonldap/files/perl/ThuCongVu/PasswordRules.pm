package ThuCongVu::PasswordRules;

# What a new password has against its rule (CT-10.3, CT-11.4). The rule is data (filter portal_rules); the same words and readings
# as in ForbiddenContents of module_utils/password_owner.py. No part of LemonLDAP::NG is needed, so a test can run it by itself.

use strict;
use warnings;
use utf8;

# What of its owner may not stand in a password: from the entry's "mail", and its name without marks.
sub words {
    my ( $what, $entry, $least ) = @_;
    my @words;
    if ( $what eq 'account' ) {
        my ($local) = split /@/, lc( $entry->{mail} // '' );
        @words = ( $local // '', ( $local // '' ) =~ /[a-z]+/g );
    }
    elsif ( $what eq 'name' ) {
        my $name = lc( $entry->{tcvPlainName} // '' );
        $name =~ s/'//g;
        my @syllables = $name =~ /[a-z]+/g;
        @words = ( join( '', @syllables ), @syllables );
    }
    return grep { length($_) >= $least } @words;
}

# A password as it is, without what stands between digits, and with the letters that its digits and signs stand for.
sub readings {
    my ( $password, $read_as ) = @_;
    my $small = lc $password;
    ( my $digits  = $small ) =~ s/(?<=[0-9])[^0-9A-Za-z](?=[0-9])//g;
    ( my $letters = $small ) =~ s/(.)/$read_as->{$1} \/\/ $1/ges;
    return ( $small, $digits, $letters );
}

# The lines of the rule that the password breaks; both as characters, not as bytes.
sub broken {
    my ( $rules, $class, $password, $entry ) = @_;
    my @readings = readings( $password, $rules->{read_as} );
    my $breaks   = sub {
        my ($line) = @_;
        return $password !~ /$line->{needs}/ if defined $line->{needs};
        return $password =~ /$line->{refuses}/ if defined $line->{refuses};
        return 0 unless defined $line->{holds};
        for my $word ( words( $line->{holds}, $entry, $rules->{least_letters} ) ) {
            return 1 if grep { index( $_, $word ) >= 0 } @readings;
        }
        return 0;
    };
    return grep { $breaks->($_) } @{ $rules->{classes}{$class} // [] };
}

1;
